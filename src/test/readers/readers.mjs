// Reads the files of a folder with the readers of npm. Prints one JSON object a reading: reader, version, format, segments
// ([milliseconds, text], in order; milliseconds null where the reader gives none), complaints.
import fs from 'fs';
import path from 'path';
import { createRequire } from 'module';

// Some readers talk to themselves.
console.log = console.info = console.debug = console.error;

const [folder, stem, modules] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'x.js'));
const { DOMParser, XMLSerializer } = require('@xmldom/xmldom');
Object.assign(globalThis, { DOMParser, XMLSerializer });

const file = ending => path.join(folder, `${stem}.${ending}`);
const text = ending => fs.readFileSync(file(ending), 'utf8');
const version = name =>
  JSON.parse(fs.readFileSync(path.join(modules, 'node_modules', name, 'package.json'))).version;
const load = async name => {
  const loaded = await import(require.resolve(name)).catch(() => require(name));
  return { ...(loaded.default ?? {}), ...loaded };
};
const untag = t =>
  t.replace(/<[^<>]*>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

async function reading(reader, format, read) {
  let result;
  try {
    // The index of imsc needs a browser, that of ultrastar2ass is a command; their parts do not.
    result = await read(['imsc', 'ultrastar2ass'].includes(reader) ? null : await load(reader));
  } catch (e) {
    result = { segments: [], complaints: [String(e.message ?? e)] };
  }
  const line = { reader, version: version(reader), format, complaints: [], ...result };
  process.stdout.write(JSON.stringify(line) + '\n');
}

for (const format of ['srt', 'vtt']) {
  await reading('subtitle', format, m => ({
    segments: m.parseSync(text(format)).filter(n => n.type === 'cue')
      .map(n => [n.data.start, format === 'vtt' ? untag(n.data.text) : n.data.text]),
  }));
  await reading('subsrt-ts', format, m => ({
    segments: m.parse(text(format), { format }).filter(c => c.type === 'caption')
      .map(c => [c.start, format === 'vtt' ? untag(c.content) : c.content]),
  }));
}
await reading('webvtt-parser', 'vtt', m => {
  const parsed = new m.WebVTTParser().parse(text('vtt'), 'metadata');
  const segments = [];
  for (const cue of parsed.cues) {
    let at = cue.startTime;
    const walk = node => {
      if (node.type === 'timestamp') at = node.value;
      if (node.type === 'text') segments.push([at * 1000, node.value]);
      (node.children ?? []).forEach(walk);
    };
    walk(cue.tree);
  }
  return { segments, complaints: parsed.errors.map(e => `line ${e.line}: ${e.message}`) };
});
await reading('node-webvtt', 'vtt', m => ({
  segments: m.parse(text('vtt'), { strict: true }).cues.map(c => [c.start * 1000, untag(c.text)]),
}));
await reading('ass-compiler', 'ass', m => {
  const segments = [];
  const complaints = [];
  for (const event of m.parse(text('ass')).events.dialogue) {
    let at = Math.round(event.Start * 100);
    let countIn = false;
    for (const run of event.Text.parsed) {
      const tags = Object.assign({}, ...run.tags);
      if ('r' in tags) countIn = tags.r === 'CountIn';
      if (!countIn) segments.push([at * 10, run.text.replace(/\\([{}])/g, '$1')]);
      at += tags.k ?? tags.kf ?? 0;
    }
    if (at !== Math.round(event.End * 100)) complaints.push(`${event.Text.raw}: ends at ${at}`);
  }
  m.compile(text('ass'));
  return { segments, complaints };
});
await reading('subsrt-ts', 'lrc', m => ({
  segments: m.parse(text('lrc'), { format: 'lrc' }).filter(c => c.type === 'caption')
    .map(c => [c.start, c.content]),
}));
await reading('lrc-kit', 'lrc', m => ({
  segments: m.Lrc.parse(text('lrc')).lyrics.map(l => [l.timestamp * 1000, l.content]),
}));
await reading('lrc-kit', 'elrc', m => ({
  segments: m.Lrc.parse(text('elrc.lrc'), { enhanced: true }).lyrics
    .flatMap(l => l.wordTimestamps.map(w => [w.timestamp * 1000, w.content])),
}));
for (const [format, ending] of [['lrc', 'lrc'], ['elrc', 'elrc.lrc']]) {
  await reading('liricle', format, async () => {
    const Liricle = (await import(require.resolve('liricle'))).default;
    const liricle = new Liricle();
    const data = await new Promise((resolve, reject) => {
      liricle.on('load', resolve);
      liricle.on('loaderror', reject);
      liricle.load({ text: text(ending) });
    });
    return {
      segments: data.lines.flatMap(l =>
        format === 'elrc' ? l.words.map(w => [w.time * 1000, w.text]) : [[l.time * 1000, l.text]]),
    };
  });
}
await reading('clrc', 'lrc', m => ({
  segments: m.parse(text('lrc')).filter(l => l.type === 'lyric')
    .map(l => [l.startMillisecond, l.content]),
}));
await reading('@applemusic-like-lyrics/lyric', 'elrc', m => ({
  segments: m.parseLrcA2(text('elrc.lrc')).flatMap(l => l.words.map(w => [w.startTime, w.word])),
}));
await reading('@applemusic-like-lyrics/ttml', 'ttml-apple', m => ({
  segments: m.parseTTML(text('ttml-apple.ttml')).lines
    .flatMap(l => l.words.map(w => [w.startTime, w.word])),
}));
await reading('imsc', 'ttml', () => {
  const { fromXML } = require('imsc/src/main/js/doc.js');
  const { generateISD } = require('imsc/src/main/js/isd.js');
  const complaints = [];
  const note = kind => message => { complaints.push(`${kind}: ${message}`); };
  const handler = { info() {}, warn: note('warn'), error: note('error'), fatal: note('fatal') };
  const document = fromXML(text('ttml'), handler);
  const segments = [];
  for (const time of document.getMediaTimeEvents()) {
    const shown = [];
    const walk = node => {
      if (node.kind === 'br') shown.push(' ');
      if (node.text) shown.push(node.text);
      (node.contents ?? []).forEach(walk);
    };
    walk(generateISD(document, time, handler));
    if (shown.length) segments.push([time * 1000, shown.join('')]);
  }
  return { segments, complaints: [...new Set(complaints)] };
});
await reading('midi-file', 'kar', m => {
  const { header, tracks } = m.parseMidi(fs.readFileSync(file('kar')));
  const segments = [];
  let tick = 0;
  for (const event of tracks[1]) {
    tick += event.deltaTime;
    if (event.type === 'text' && !event.text.startsWith('@')) {
      // It takes bytes for characters.
      const decoded = Buffer.from(event.text, 'latin1').toString('utf8');
      segments.push([tick / header.ticksPerBeat * 500, decoded.replace(/^[\\/]/, '')]);
    }
  }
  return { segments };
});
await reading('@tonejs/midi', 'kar', m => {
  const { tracks } = new m.Midi(fs.readFileSync(file('kar')));
  const melody = tracks.find(t => t.name === 'Melody');
  return { segments: null, notes: (melody?.notes ?? []).map(n => [n.time * 1000, n.midi]) };
});
await reading('textgrid', 'textgrid', m => {
  const tiers = m.TextGrid.textgridToJSON(text('TextGrid')).items;
  return {
    segments: tiers[0].intervals.filter(i => i.text).map(i => [Number(i.xmin) * 1000, i.text]),
  };
});
await reading('ultrastar2ass', 'ultrastar', () => {
  // What makes ASS of its notes is of no interest here.
  const Parser = require('ultrastar2ass/dist/ultrastar.js').default;
  const { track } = new Parser({ syllable_precision: true }).parse(text('ultrastar.txt'));
  return { segments: track.flatMap(l => l.syllables.map(s => [s.start, s.text])) };
});
