import { html, nothing } from './lib/lit.js';
import { chooseLang, lang, t } from './lib/i18n.js';
import { refreshAll, View } from './lib/view.js';
import { jobHash, parse } from './lib/route.js';
import { chooseTheme, read, theme, THEMES, write } from './lib/settings.js';
import { icon, stateIcon } from './lib/icons.js';
import { clock, moment } from './lib/format.js';
import { JobStream } from './lib/stream.js';
import { signedIn, signOut } from './lib/session.js';
import { title } from './job/job-header.js';
import './job/job-page.js';
import './help-dialog.js';

const REMEMBERED = 8;
/** A connection lost for longer than this is no longer "reconnecting" but old. */
const STALE = 5_000;

/** The bar on top and, below it, what the address asks for. */
class MusterApp extends View {
  #stream = new JobStream();
  #route = { name: 'home' };
  #scrolled = false;
  #user = '';

  connectedCallback() {
    this.replaceChildren();
    super.connectedCallback();
    addEventListener('hashchange', () => this.#follow());
    addEventListener('scroll', () => this.#scroll(), { passive: true });
    document.addEventListener('keydown', (event) => this.#key(event));
    this.#stream.addEventListener('change', () => this.#told());
    setInterval(() => this.#second(), 1_000);
    this.#follow();
    signedIn().then((user) => {
      this.#user = user;
      this.update();
    });
  }

  #follow() {
    const route = parse(location.hash);
    if (route.name === 'former') {
      location.replace(route.hash);
      return;
    }
    this.#route = route;
    if (route.name === 'job') {
      this.#stream.open(route.id, route.query);
    } else {
      this.#stream.close();
    }
    this.update();
  }

  #told() {
    const { phase, job } = this.#stream;
    if (phase === 'ready') {
      remember(job);
    }
    this.update();
  }

  /** Durations and "ago" pass by themselves while something is going on. */
  #second() {
    const { job, link } = this.#stream;
    if (!document.hidden && (this.#route.name !== 'job' || !job?.ended_at || link !== 'live' || new Date().getSeconds() === 0)) {
      refreshAll();
    }
  }

  view() {
    const onJob = this.#route.name === 'job';
    return html`
      <header class="top">
        <a class="brand" href="#/" aria-label="muster">${icon('logo')}<span translate="no">muster</span></a>
        ${onJob ? this.#crumb() : nothing}
        <span class="gap"></span>
        ${onJob ? this.#link() : nothing}
        <button class="quiet" @click=${() => this.#switchLang()} lang=${lang() === 'zh' ? 'en' : 'zh-CN'}
          aria-label=${t('lang.switch')} title=${t('lang.switch')}>${lang() === 'zh' ? 'EN' : '中文'}</button>
        <button class="quiet" @click=${() => this.#switchTheme()} aria-label=${t('theme.' + theme())}
          title=${t('theme.' + theme())}>${icon({ system: 'system', light: 'sun', dark: 'moon' }[theme()])}</button>
        ${this.#user
          ? html`<button class="quiet" @click=${signOut} title=${t('sign.out')}><span translate="no">${this.#user}</span>
              <span class="offscreen">${t('sign.out')}</span></button>`
          : nothing}
        <button class="quiet help" @click=${() => this.querySelector('help-dialog').show()} aria-label=${t('keys')} title="?">${icon('help')}</button>
      </header>
      ${onJob
        ? html`<job-page .stream=${this.#stream} .route=${this.#route}></job-page>`
        : html`<main class="page centre">${this.#home()}</main>`}
      <help-dialog></help-dialog>`;
  }

  #crumb() {
    const { phase, job } = this.#stream;
    return phase === 'ready'
      ? html`<p class="crumb ${this.#scrolled ? 'shown' : ''}" aria-hidden="true">
          <span>${title(job)}</span><span class="soft">#${job.id}</span><span class="s-${job.status}">${stateIcon(job.status)}</span></p>`
      : nothing;
  }

  #link() {
    const { link, lost, phase } = this.#stream;
    if (phase === 'missing' || phase === 'refused') {
      return nothing;
    }
    const act = link === 'paused' ? 'resume' : link === 'reconnecting' ? 'retry' : 'pause';
    const shown = link === 'reconnecting' && lost && Date.now() - lost > STALE ? 'stale' : link;
    const text = t('link.' + shown, { time: lost ? clock(new Date(lost)) : '' });
    return html`
      <button class="link-state ${shown}" @click=${() => (act === 'pause' ? this.#stream.pause() : this.#stream.resume())}
        title=${t('link.' + act)}>
        <i aria-hidden="true"></i><span>${text}</span>${icon({ pause: 'pause', resume: 'play', retry: 'retry' }[act])}
        <span class="offscreen">${t('link.' + act)}</span></button>`;
  }

  #home() {
    const recent = read('recent', []);
    const now = Date.now();
    return html`
      <section class="state-card home">
        <div class="home-logo">${icon('logo')}</div>
        <h1>${this.#route.name === 'unknown' ? t('home.unknown') : t('home.title')}</h1>
        <p class="soft">${this.#route.name === 'unknown' ? html`<code>${this.#route.path}</code>` : t('home.text')}</p>
        <open-job></open-job>
        ${recent.length
          ? html`<h2>${t('home.recent')}</h2>
            <ul class="recent">${recent.map((job) => html`
              <li><a href=${jobHash(job.id)}><span class="s-${job.status}">${stateIcon(job.status)}</span>
                <span class="recent-title">${title(job)}</span><span class="soft" translate="no">#${job.id}</span>
                <span class="soft recent-time">${moment(job.created_at, now)}</span></a></li>`)}</ul>`
          : nothing}
      </section>`;
  }

  #switchLang() {
    chooseLang(lang() === 'zh' ? 'en' : 'zh');
    if (this.#route.name === 'job') {
      this.#stream.open(this.#route.id, this.#route.query);
    }
    refreshAll();
  }

  #switchTheme() {
    chooseTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    this.update();
  }

  #scroll() {
    const scrolled = scrollY > 90;
    if (scrolled !== this.#scrolled) {
      this.#scrolled = scrolled;
      this.update();
    }
  }

  #key(event) {
    const typing = event.target.closest?.('input, textarea, select');
    if (event.key === '?' && !typing && !document.querySelector('dialog[open]') && read('keys', true)) {
      event.preventDefault();
      this.querySelector('help-dialog').show();
    }
  }
}

/** A box that opens a job by its number. */
class OpenJob extends View {
  view() {
    return html`
      <form class="open-job" @submit=${(event) => this.#open(event)}>
        <label class="offscreen" for="job-number">${t('home.number')}</label>
        <input id="job-number" inputmode="numeric" pattern="\\s*#?\\d{1,18}\\s*" required autocomplete="off" autofocus
          placeholder=${t('home.number')}>
        <button class="button solid">${t('home.open')}</button>
      </form>`;
  }

  #open(event) {
    event.preventDefault();
    location.hash = jobHash(this.querySelector('input').value.replace(/\D/g, ''));
  }
}

/** The jobs that this browser looked at last. */
function remember({ id, type, type_display, status, created_at }) {
  const recent = read('recent', []);
  if (recent[0]?.id === id && recent[0].status === status) {
    return;
  }
  write('recent', [{ id, type, type_display, status, created_at }, ...recent.filter((job) => job.id !== id)].slice(0, REMEMBERED));
}

OpenJob.define('open-job');
MusterApp.define('muster-app');
