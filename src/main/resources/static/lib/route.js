/** Addresses: everything the page shows is in the fragment, so that every state is a link. */
export const STATES = ['FAILED', 'IGNORED', 'SUCCESS', 'RUNNING', 'PENDING'];

const JOB = /^\/task-list\/detail\/(\d{1,18})\/?$/;
const FORMER = /^\/task-(?:list|history)\/(?:(?:detail|log)\/)?(\d{1,18})(?:\/log)?(?:\/([^/]+))?\/?$/;

/** What an address asks for: a job, a former address of one, the landing page, or nothing known. */
export function parse(fragment) {
  const [path, search = ''] = fragment.replace(/^#/, '').split(/\?(.*)/s);
  const job = JOB.exec(path);
  if (job) {
    return { name: 'job', id: job[1], query: query(new URLSearchParams(search)) };
  }
  const former = FORMER.exec(path);
  if (former) {
    const asked = query(new URLSearchParams(search));
    const instance = former[2] && former[2] !== 'log' ? decode(former[2]) : asked.instance;
    return { name: 'former', hash: jobHash(former[1], { ...asked, instance }) };
  }
  return path === '' || path === '/' || path === '/task-list' ? { name: 'home' } : { name: 'unknown', path };
}

function query(search) {
  const status = search.get('status');
  const page = Number.parseInt(search.get('page') ?? '1', 10);
  return {
    status: STATES.includes(status) ? status : '',
    reason: search.get('reason') ?? '',
    q: search.get('q') ?? '',
    page: page > 0 ? page : 1,
    instance: search.get('instance') ?? '',
  };
}

export function jobHash(id, query = {}) {
  const search = new URLSearchParams();
  for (const key of ['status', 'reason', 'q', 'page', 'instance']) {
    const value = query[key];
    if (value && !(key === 'page' && value === 1)) {
      search.set(key, value);
    }
  }
  const text = search.toString();
  return `#/task-list/detail/${id}${text && '?' + text}`;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
