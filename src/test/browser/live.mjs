// The page of 'chorale serve' follows a fake microphone through the service itself.
// usage: live.mjs SERVICE_URL TEXT MICROPHONE.wav OUT   with the service's token in CHORALE_SERVICE_TOKEN
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { open, sleep } from './chromium.mjs';

const [service, textFile, microphone, out] = process.argv.slice(2);
const text = readFileSync(textFile, 'utf8'), words = text.trim().split(/\s+/).length;
const page = await open(out, '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}%noloop`);
try {
  await page.media({ 'prefers-color-scheme': 'light', 'prefers-reduced-motion': 'reduce' });
  await page.size(1280, 860);
  await page.go(service);
  await page.until('document.querySelector("#live-language").length > 10');
  await page.run(`sessionStorage.setItem('chorale.token', ${JSON.stringify(process.env.CHORALE_SERVICE_TOKEN)})`);
  await page.click('#tab-live');
  await page.run(`(() => { const e = document.querySelector('#live-text'); e.value = ${JSON.stringify(text)}; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); })()`);
  await page.run('document.querySelector("#live-language").value = "en"');
  await page.click('#listen');
  await page.until('document.querySelectorAll("#live-words .heard").length >= 5', 'five words heard', 60);
  await page.shot('20-live-service');
  await page.until(`document.querySelectorAll("#live-words .heard").length >= ${words - 1}`, 'all words but one heard', 60);
  await page.shot('21-live-service-end');
  await page.click('#finish');
  await page.until('!document.querySelector("#result").hidden && !document.querySelector("#file").hidden', 'the result', 60);
  await sleep(800);
  await page.shot('22-live-service-result');
  assert.equal(await page.run('document.querySelectorAll("#words .word").length'), words);
  assert.deepEqual(page.errors.filter(e => !/401/.test(e)), []);
  console.log(`live through the service: ${words} words`);
} catch (e) {
  await page.shot('failed');
  console.error(page.errors);
  throw e;
} finally {
  await page.close();
}
process.exit(0);
