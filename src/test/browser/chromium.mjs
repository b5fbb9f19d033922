// Drives Chromium over its debugging pipe: no packages needed.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import assert from 'node:assert/strict';

export const sleep = ms => new Promise(done => setTimeout(done, ms));

/** Opens a browser with one page. */
export async function open(out, ...flags) {
  const profile = mkdtempSync(`${tmpdir()}/chorale-browser-`);
  const browser = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--mute-audio', '--remote-debugging-pipe',
    '--autoplay-policy=no-user-gesture-required', '--disable-background-networking', `--user-data-dir=${profile}`, ...flags, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const waiting = new Map(), listeners = [];
  let id = 0, rest = '';
  browser.stdio[4].on('data', chunk => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop();
    for (const text of messages) {
      const message = JSON.parse(text);
      if (message.id) { waiting.get(message.id)(message); waiting.delete(message.id); } else listeners.forEach(l => l(message));
    }
  });
  const send = (method, params = {}, sessionId) => new Promise((done, fail) => {
    waiting.set(++id, m => m.error ? fail(new Error(`${method}: ${m.error.message}`)) : done(m.result));
    browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
  });
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  const page = { requests: [], errors: [], call };
  listeners.push(m => {
    if (m.method === 'Network.requestWillBeSent') page.requests.push(m.params.request.url);
    if (m.method === 'Runtime.exceptionThrown') page.errors.push(m.params.exceptionDetails.exception?.description);
    if (m.method === 'Log.entryAdded' && m.params.entry.level === 'error') page.errors.push(`${m.params.entry.text} ${m.params.entry.url ?? ''}`);
    if (m.method === 'Runtime.consoleAPICalled' && m.params.type === 'error') page.errors.push(m.params.args.map(a => a.value ?? a.description).join(' '));
    if (m.method === 'Page.javascriptDialogOpening') call('Page.handleJavaScriptDialog', { accept: true });
  });
  for (const domain of ['Network', 'Runtime', 'Log', 'Page', 'DOM', 'Accessibility']) await call(`${domain}.enable`);

  page.run = async expression => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  page.until = async (expression, what = expression, seconds = 30) => {
    for (let k = 0; k < seconds * 10; k++) { if (await page.run(expression)) return; await sleep(100); }
    throw new Error(`waited ${seconds} s for: ${what}`);
  };
  page.size = (width, height, mobile = false) => call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
  page.go = async url => {
    // A new browser may lose its first navigation; what is asked while the page changes is not answered, or by the old one.
    for (let k = 0; k < 300; k++) {
      if (k % 50 === 0) await call('Page.navigate', { url });
      if (await page.run(`location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`).catch(() => false)) return;
      await sleep(100);
    }
    throw new Error(`${url} does not load`);
  };
  page.media = features => call('Emulation.setEmulatedMedia', { features: Object.entries(features).map(([name, value]) => ({ name, value })) });
  page.key = async (key, { code = key, modifiers = 0 } = {}) => {
    const text = key.length === 1 && !(modifiers & 2) ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
    const virtual = { windowsVirtualKeyCode: { Enter: 13, Tab: 9, ' ': 32, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 }[key] ?? (key.length === 1 ? key.toUpperCase().charCodeAt(0) : 0) };
    await call('Input.dispatchKeyEvent', { type: 'keyDown', key, code, modifiers, ...virtual, ...text });
    await call('Input.dispatchKeyEvent', { type: 'keyUp', key, code, modifiers, ...virtual });
  };
  page.mouse = (type, x, y) => call('Input.dispatchMouseEvent', { type, x, y, button: 'left', buttons: type === 'mouseReleased' ? 0 : 1, clickCount: 1 });
  page.box = selector => page.run(`(() => { const r = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { x: r.x, y: r.y, width: r.width, height: r.height }; })()`);
  page.click = async selector => {
    await page.run(`document.querySelector(${JSON.stringify(selector)}).scrollIntoViewIfNeeded()`);
    const b = await page.box(selector), x = b.x + b.width / 2, y = b.y + b.height / 2;
    await page.mouse('mousePressed', x, y);
    await page.mouse('mouseReleased', x, y);
  };
  page.choose = async (selector, ...files) => {
    const { root } = await call('DOM.getDocument');
    const { nodeId } = await call('DOM.querySelector', { nodeId: root.nodeId, selector });
    await call('DOM.setFileInputFiles', { nodeId, files });
  };
  page.shot = async name => writeFileSync(`${out}/${name}.png`, Buffer.from((await call('Page.captureScreenshot', { format: 'png' })).data, 'base64'));
  page.close = async () => { browser.kill(); await sleep(500); rmSync(profile, { recursive: true, force: true }); };
  return page;
}

export const near = (a, b, by, what) => assert.ok(Math.abs(a - b) <= by, `${what}: ${a}, expected ${b}`);
