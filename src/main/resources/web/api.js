// Talks to the service: REST with a token where one is asked for.
import { $ } from './dom.js';

const KEY = 'chorale.token';
export const token = () => sessionStorage.getItem(KEY) ?? '';

/** What went wrong, as the service says it. */
export class ServiceError extends Error {
  constructor(code, message) { super(message); this.code = code; }
}

function askForToken() {
  const dialog = $('token-dialog');
  $('token').value = '';
  dialog.returnValue = 'cancel';
  $('token-cancel').onclick = () => dialog.close('cancel');
  dialog.showModal();
  return new Promise(done => dialog.addEventListener('close', () => {
    const given = $('token').value.trim();
    if (dialog.returnValue !== 'ok' || !given) return done(false);
    sessionStorage.setItem(KEY, given);
    done(true);
  }, { once: true }));
}

/** A request; asks for a token once more as long as it is refused. */
export async function call(path, options = {}) {
  for (;;) {
    const headers = token() ? { ...options.headers, Authorization: 'Bearer ' + token() } : options.headers;
    let response;
    try {
      response = await fetch(path, { ...options, headers });
    } catch (e) {
      if (e.name === 'AbortError') throw e;
      throw new ServiceError('unreachable', 'The service cannot be reached, or the recording is larger than it takes.');
    }
    if (response.ok) return response;
    if (response.status === 401) {
      if (await askForToken()) continue;
      throw new ServiceError('unauthorized', 'The service asks for a token.');
    }
    let body = {};
    try { body = await response.json(); } catch { /* not ours */ }
    throw new ServiceError(body.code ?? 'unknown', body.message ?? `The service answered ${response.status}.`);
  }
}

export const formats = async () => (await (await call('v1/formats')).json()).formats;

/** Aligns a recording; options as of the form. */
export async function align(file, text, options, signal) {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) form.append(name, value);
  form.append('text', new Blob([text], { type: 'text/plain' }), 'text.txt');
  form.append('audio', file, file.name);
  return (await call('v1/align', { method: 'POST', body: form, signal })).json();
}

/** An alignment in another format, as a file. */
export async function exported(alignment, format) {
  const response = await call('v1/export?format=' + encodeURIComponent(format.name),
    { method: 'POST', body: JSON.stringify(alignment), headers: { 'Content-Type': 'application/json' } });
  return response.blob();
}

/** Subprotocols of a WebSocket: browsers cannot send an Authorization header with one. */
export function subprotocols() {
  if (!token()) return ['chorale.v1'];
  const bytes = String.fromCharCode(...new TextEncoder().encode(token()));
  return ['chorale.v1', 'chorale.bearer.' + btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')];
}
