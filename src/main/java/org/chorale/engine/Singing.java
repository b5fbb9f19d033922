package org.chorale.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.chorale.acoustic.LyricsModel;
import org.chorale.acoustic.VoiceActivity;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.export.Song;
import org.chorale.melody.MelodyEstimator;
import org.chorale.melody.Note;
import org.chorale.melody.Voicing;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.syllable.Syllabifier;
import org.chorale.syllable.Syllable;
import org.chorale.text.LanguageDetector;

/**
 * Adds to a song what singing along needs: the syllables of its words and, from the recording,
 * their notes. The model of pronunciation is loaded when a word comes without phones, that of
 * singing for notes. For one thread.
 */
public final class Singing implements AutoCloseable {

  private final Path pronunciationModel;
  private final Path lyricsModel;
  private final Map<String, List<String>> known = new HashMap<>();
  private Pronouncer pronouncer;

  /**
   * For as many songs as wanted.
   *
   * @param models folder of the models: that of pronunciation, and that of singing, which hears
   *     where there is a voice
   */
  public Singing(Path models) {
    this.pronunciationModel = models.resolve(RecordingAligners.PRONUNCIATION_MODEL);
    this.lyricsModel = models.resolve(RecordingAligners.LYRICS_MODEL);
  }

  /**
   * The song by syllables; as it is where it has some.
   *
   * @throws IOException when the model of pronunciation is needed and missing or broken
   */
  public Song withSyllables(Song song) throws IOException {
    if (!song.syllables().isEmpty()) {
      return song;
    }
    Syllabifier syllabifier = syllabifier(song.alignment());
    try {
      List<List<Syllable>> syllables = new ArrayList<>();
      for (AlignedWord word : song.alignment().words()) {
        syllables.add(word.isTimed() ? syllabifier.syllables(word) : List.of());
      }
      return song.withSyllables(syllables);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Divides the words of an alignment; an error of the model comes as UncheckedIOException. */
  public Syllabifier syllabifier(Alignment alignment) {
    String language = language(alignment);
    return new Syllabifier(language, word -> phones(word, language));
  }

  /** The language of the words; most formats do not say it. */
  private static String language(Alignment alignment) {
    return alignment.language().equals(LanguageDetector.UNDETERMINED)
        ? new LanguageDetector()
            .detect(
                alignment.words().stream().map(AlignedWord::text).collect(Collectors.joining(" ")))
        : alignment.language();
  }

  /**
   * The song with its melody; as it is where it has one.
   *
   * @param audio name of the recording
   * @throws IOException when it cannot be decoded, or the model of singing is missing or broken
   */
  public Song withNotes(Song song, String audio) throws IOException {
    if (song.hasNotes()) {
      return song;
    }
    List<Syllable> syllables = new ArrayList<>();
    int words = song.alignment().words().size();
    for (int w = 0; w < words; w++) {
      syllables.addAll(song.syllablesOf(w));
    }
    Voicing voicing = voicing(audio);
    List<Note> notes;
    try (AudioSource source = new ReadAheadSource(new AudioFiles().open(audio))) {
      notes = new MelodyEstimator().notes(source, voicing, syllables);
    }
    List<List<Note>> byWord = new ArrayList<>();
    int next = 0;
    for (int w = 0; w < words; w++) {
      int count = song.syllablesOf(w).size();
      byWord.add(notes.subList(next, next + count));
      next += count;
    }
    return song.withNotes(byWord);
  }

  /** Where somebody is heard in a recording, singing or speaking. */
  private Voicing voicing(String audio) throws IOException {
    OrtRuntime runtime = new OrtRuntime(Runtime.getRuntime().availableProcessors(), Device.cpu());
    try (LyricsModel model = LyricsModel.load(ModelFolder.open(lyricsModel), runtime);
        AudioSource source = new ReadAheadSource(new AudioFiles().open(audio, 2))) {
      VoiceActivity activity = new VoiceActivity(model);
      return Voicing.of(activity.frameSeconds(), activity.voice(source));
    }
  }

  private List<String> phones(String word, String language) {
    return known.computeIfAbsent(
        word,
        w -> {
          try {
            List<List<String>> all =
                pronouncer().pronounce(List.of(w), language).getOrDefault(w, List.of());
            return all.isEmpty() ? List.of() : all.get(0);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private Pronouncer pronouncer() throws IOException {
    if (pronouncer == null) {
      ModelFolder folder = ModelFolder.open(pronunciationModel);
      pronouncer = Pronouncer.load(folder, new OrtRuntime(1, Device.cpu()));
    }
    return pronouncer;
  }

  @Override
  public void close() {
    if (pronouncer != null) {
      pronouncer.close();
    }
  }
}
