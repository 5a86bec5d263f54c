import { html } from './lib/lit.js';
import { t } from './lib/i18n.js';
import { View } from './lib/view.js';
import { read, write } from './lib/settings.js';
import { icon } from './lib/icons.js';

const KEYS = [
  ['/', 'keys.filter'],
  ['j', 'keys.down'],
  ['k', 'keys.up'],
  ['Enter', 'keys.open'],
  ['f', 'keys.failure'],
  ['Esc', 'keys.close'],
  ['?', 'keys.help'],
];

/** The shortcuts, and the switch that turns them off. */
class HelpDialog extends View {
  show() {
    this.update();
    this.querySelector('dialog').showModal();
  }

  view() {
    return html`
      <dialog class="dialog" aria-labelledby="help-title">
        <form method="dialog">
          <div class="dialog-head">
            <h2 id="help-title">${t('keys')}</h2>
            <button class="icon-button" aria-label=${t('close')}>${icon('close')}</button>
          </div>
          <dl class="keys">${KEYS.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(text)}</dd></div>`)}</dl>
          <label class="check"><input type="checkbox" .checked=${read('keys', true)}
            @change=${(event) => write('keys', event.target.checked)}> ${t('keys.on')}</label>
        </form>
      </dialog>`;
  }
}

HelpDialog.define('help-dialog');
