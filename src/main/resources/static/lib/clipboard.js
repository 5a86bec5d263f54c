/** Copies text; pages over plain http have no clipboard object, so an older way stands by. */
export async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed; the older way may be.
    }
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'offscreen';
  field.readOnly = true;
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  focused?.focus();
  return copied;
}

export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

let shown = null;

/** A short word at the foot of the page, spoken to readers too. */
export function toast(text) {
  shown?.remove();
  const note = document.createElement('div');
  note.className = 'toast';
  note.setAttribute('role', 'status');
  document.body.append(note);
  note.textContent = text;
  shown = note;
  setTimeout(() => note.remove(), 3_500);
}
