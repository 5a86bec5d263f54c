import { lang } from './lib/i18n.js';

const TEXTS = {
  en: {
    title: 'Sign in',
    user: 'Name',
    password: 'Password',
    wrong: 'The name or the password is wrong.',
    later: (seconds) => `Too many attempts. Try again in ${seconds} s.`,
    down: 'muster does not answer. Try again in a moment.',
  },
  zh: {
    title: '登录',
    user: '用户名',
    password: '密码',
    wrong: '用户名或密码错误。',
    later: (seconds) => `尝试次数过多，请在 ${seconds} 秒后重试。`,
    down: 'muster 没有响应，请稍后重试。',
  },
}[lang()];

const form = document.querySelector('form');
const button = form.querySelector('button');
const wrong = form.querySelector('.wrong');
const [user, password] = form.querySelectorAll('label span');

document.title = `${TEXTS.title} · muster`;
form.querySelector('h1').textContent = TEXTS.title;
user.textContent = TEXTS.user;
password.textContent = TEXTS.password;
button.textContent = TEXTS.title;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  wrong.textContent = '';
  try {
    const response = await fetch('api/sign-in', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    if (response.ok) {
      // The part behind # says what was asked for; a browser keeps it through the redirect.
      location.replace('./' + location.hash);
      return;
    }
    wrong.textContent = response.status === 429 ? TEXTS.later(response.headers.get('Retry-After') ?? 60)
      : response.status === 401 ? TEXTS.wrong : TEXTS.down;
    form.elements.password.select();
  } catch {
    wrong.textContent = TEXTS.down;
  }
  button.disabled = false;
});
