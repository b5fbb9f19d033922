// Puts the page together.
import { $, countWords, counted, problem, say } from './dom.js';
import { Editor, languageName } from './editor.js';
import { Live } from './live.js';
import * as api from './api.js';

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'ru', 'pl', 'sv', 'tr', 'cs', 'hu', 'ro', 'ca', 'el', 'fi'];
const editor = new Editor();
let recording = null, running = null;

for (const select of document.querySelectorAll('select[name=language]')) {
  if (select.id === 'language') select.add(new Option('Find out', 'auto'));
  for (const code of LANGUAGES) select.add(new Option(languageName(code), code));
}

const tabs = [...document.querySelectorAll('[role=tab]')];
function show(tab) {
  for (const t of tabs) {
    const on = t === tab;
    t.setAttribute('aria-selected', on);
    t.tabIndex = on ? 0 : -1;
    $(t.getAttribute('aria-controls')).hidden = !on;
  }
  if (tab.id === 'tab-live') editor.audio.pause();
}
for (const tab of tabs) {
  tab.addEventListener('click', () => show(tab));
  tab.addEventListener('keydown', e => {
    if (!/^Arrow(Left|Right)$/.test(e.key)) return;
    const other = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
    show(other);
    other.focus();
  });
}

const live = new Live((alignment, wav) => {
  show(tabs[0]);
  $('form').hidden = true;
  editor.open(alignment, wav, 'Live recording.wav');
  $('main').focus();
  say('Done: the recording and its words are here.');
});

function choose(file) {
  if (!file) return;
  if (isText(file)) return openText(file);
  recording = file;
  $('drop').classList.add('chosen');
  $('drop-name').textContent = file.name;
  $('drop-hint').textContent = `${(file.size / 1e6).toFixed(1)} MB; choose or drop another one to replace it`;
  problem($('problem'));
}
const isText = file => /\.(txt|lrc|srt|vtt)$/i.test(file.name);
async function openText(file) {
  $('text').value = await file.text();
  recount();
}
function recount() { $('text-count').textContent = counted($('text').value); }

$('audio-file').addEventListener('change', e => choose(e.target.files[0]));
$('text').addEventListener('input', recount);
$('text-open').addEventListener('click', () => $('text-file').click());
$('text-file').addEventListener('change', e => e.target.files[0] && openText(e.target.files[0]));
addEventListener('dragover', e => { e.preventDefault(); $('drop').classList.add('over'); });
addEventListener('dragleave', e => { if (!e.relatedTarget) $('drop').classList.remove('over'); });
addEventListener('drop', e => {
  e.preventDefault();
  $('drop').classList.remove('over');
  for (const file of e.dataTransfer.files) choose(file);
});

$('form').addEventListener('submit', async e => {
  e.preventDefault();
  if (running) return running.abort();
  problem($('problem'));
  if (!recording) { $('audio-file').focus(); return problem($('problem'), 'Choose a recording first.'); }
  if (!countWords($('text').value)) { $('text').focus(); return problem($('problem'), 'Paste the text of the recording.'); }
  running = new AbortController();
  $('align').textContent = 'Cancel';
  $('align').classList.add('busy');
  say('Aligning');
  try {
    await api.formats(); // asks for the token, if one is needed, before the recording is sent
    const options = { language: $('language').value, mode: $('mode').value };
    if ($('force').checked) options.force = 'true';
    const alignment = await api.align(recording, $('text').value, options, running.signal);
    $('form').hidden = true;
    editor.open(alignment, recording, recording.name);
    $('main').focus();
    say(`Done: ${alignment.words.length} words`);
  } catch (error) {
    if (error.name !== 'AbortError') problem($('problem'), error.message);
  } finally {
    running = null;
    $('align').textContent = 'Align';
    $('align').classList.remove('busy');
  }
});

$('again').addEventListener('click', () => {
  editor.close();
  $('form').hidden = false;
  $('audio-file').focus();
});
addEventListener('beforeunload', e => { if (live.session || (editor.isOpen && editor.alignment.done.length)) e.preventDefault(); });
