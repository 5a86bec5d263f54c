/**
 * What a host wrote, made safe to look at. It only ever becomes text nodes; beyond that, escape
 * sequences must not hide or colour what is there, and invisible characters must be seen.
 */
const OSC = /\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g;
const CSI = /\u001b\[([0-9;:?<=>]*)[ -/]*([@-~])/g;
const OTHER_ESCAPE = /\u001b[ -/]*[0-~]/g;
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** `\x07`, `\u202e`: what programmers write for what cannot be seen. */
function picture(character) {
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? '\\x' + code.padStart(2, '0') : '\\u' + code.padStart(4, '0');
}

/** Escape sequences gone, every other control character shown. */
export function plain(text) {
  return bare(String(text ?? '')).replace(HIDDEN, picture);
}

function bare(text) {
  return text.replace(OSC, '').replace(CSI, '').replace(OTHER_ESCAPE, '').replace(/\r\n/g, '\n');
}

/** One line for one row of a table. */
export function oneLine(text) {
  return plain(text).trim().replace(/\s*\n\s*/g, ' ⏎ ');
}

/** A line as `[{text, style}]`; of the escape sequences only bold and the eight colours count. */
export function spans(line) {
  const found = [];
  let style = { bold: false, colour: '' };
  let from = 0;
  const kept = line.replace(OSC, '');
  for (const match of kept.matchAll(CSI)) {
    add(kept.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') {
      style = restyle(style, match[1]);
    }
  }
  add(kept.slice(from));
  return found;

  function add(piece) {
    const text = bare(piece);
    const look = (style.bold ? 'ansi-bold ' : '') + style.colour;
    let at = 0;
    for (const match of text.matchAll(HIDDEN)) {
      push(text.slice(at, match.index), look);
      push(picture(match[0]), 'control');
      at = match.index + 1;
    }
    push(text.slice(at), look);
  }

  function push(text, look) {
    if (text) {
      found.push({ text, style: look });
    }
  }
}

function restyle(style, parameters) {
  const next = { ...style };
  const codes = parameters.split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) {
      next.bold = false;
      next.colour = '';
    } else if (code === 1) {
      next.bold = true;
    } else if (code === 22) {
      next.bold = false;
    } else if (code === 39) {
      next.colour = '';
    } else if (code === 38 || code === 48) {
      i += codes[i + 1] === 5 ? 2 : 4;
    } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
      next.colour = 'ansi-' + COLOURS[code % 10];
    }
  }
  return next;
}
