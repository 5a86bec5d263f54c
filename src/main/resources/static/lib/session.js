/** Somebody who is no longer signed in is led to where they can; answers whether that was so. */
export async function ledToSignIn(response) {
  if (response.status !== 401) {
    return false;
  }
  const { login_url: url } = await response.clone().json().catch(() => ({}));
  if (!url) {
    return false;
  }
  // The page that is asked for stands behind #, and is found again after the sign-in.
  location.assign(url + location.hash);
  return true;
}

/** The name of whoever has signed in with a password; empty if nobody has, or need not. */
export async function signedIn() {
  try {
    return (await (await fetch('api/session', { cache: 'no-store' })).json()).user ?? '';
  } catch {
    return '';
  }
}

export async function signOut() {
  await fetch('api/sign-out', { method: 'POST' });
  location.assign('sign-in.html' + location.hash);
}
