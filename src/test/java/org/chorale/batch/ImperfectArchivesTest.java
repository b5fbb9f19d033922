package org.chorale.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.engine.RecordingAligners;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.chorale.text.Word;
import org.junit.jupiter.api.Test;

/** Passages, clips, and recordings in parts. */
class ImperfectArchivesTest {

  /** A word a second, half a second long; '.' is one that was not found, lower case is unsure. */
  private static List<AlignedWord> words(String pattern) {
    List<AlignedWord> words = new ArrayList<>();
    for (int i = 0; i < pattern.length(); i++) {
      boolean missing = pattern.charAt(i) == '.';
      words.add(
          new AlignedWord(
              "w" + i,
              i * 4,
              i * 4 + 2,
              i / 4,
              missing ? WordStatus.MISSING : WordStatus.ALIGNED,
              missing ? Double.NaN : i * 0.5,
              missing ? Double.NaN : i * 0.5 + 0.45,
              missing ? 0 : Character.isUpperCase(pattern.charAt(i)) ? 0.95 : 0.2,
              List.of()));
    }
    return words;
  }

  private static Alignment alignment(String pattern) {
    return new Alignment(
        new Alignment.Audio("a.wav", pattern.length() * 0.5, 16_000, 1),
        "en",
        "speech",
        "m",
        0.9,
        Verdict.OK,
        List.of(),
        words(pattern));
  }

  @Test
  void thePassageIsTheDensestRun() {
    var range = new PassageFinder().densest(words(".....X........XXXX.XXXXX......x..."));
    assertThat(range).contains(new PassageFinder.Range(14, 24));
    assertThat(new PassageFinder().densest(words("....."))).isEmpty();
    assertThat(new PassageFinder().withMargin(words("..XXX..")))
        .contains(new PassageFinder.Range(0, 7));
    // Neighbours on which an announcement was laid are not sure.
    assertThat(new PassageFinder().densest(words("xxXXXXxxx")))
        .contains(new PassageFinder.Range(2, 6));
  }

  @Test
  void aPassageIsFoundInATextInWhichItDoesNotStandOut() throws Exception {
    // Nothing is found in more than 60 words at a time; what is heard are the words 100 to 111.
    StringBuilder text = new StringBuilder();
    for (int w = 0; w < 200; w++) {
      text.append("word").append((char) ('a' + w % 26)).append((char) ('a' + w / 26)).append(' ');
    }
    DocumentReader documents = new DocumentReader();
    Document whole =
        documents.parse(new TextFile("t", TextFormat.PLAIN, text.toString().strip()), "en");
    int first = whole.words().get(100).charStart();
    Set<String> heard =
        whole.words().subList(100, 112).stream().map(Word::text).collect(Collectors.toSet());
    Aligner picky =
        new Aligner() {
          @Override
          public int channels(String mode) {
            return 1;
          }

          @Override
          public boolean canRead(String mode, Document document) {
            return true;
          }

          @Override
          public AlignmentMode heard(RecordingAligners.Opener recording) {
            return AlignmentMode.SPEECH;
          }

          @Override
          public Alignment align(String mode, AudioSource source, Document document) {
            boolean found = document.words().size() <= 60;
            List<AlignedWord> words = new ArrayList<>();
            for (Word word : document.words()) {
              boolean there = found && heard.contains(word.text());
              words.add(
                  new AlignedWord(
                      word.text(),
                      word.charStart(),
                      word.charEnd(),
                      word.line(),
                      there ? WordStatus.ALIGNED : WordStatus.MISSING,
                      there ? words.size() * 0.1 : Double.NaN,
                      there ? words.size() * 0.1 + 0.1 : Double.NaN,
                      there ? 0.9 : 0,
                      List.of()));
            }
            long there = words.stream().filter(AlignedWord::isTimed).count();
            return new Alignment(
                new Alignment.Audio("a.wav", 4, 16_000, 1),
                "en",
                "speech",
                "m",
                there / (double) words.size(),
                there == 0 ? Verdict.MISMATCH : Verdict.OK,
                List.of(),
                words);
          }
        };
    Alignment nothing = picky.align("speech", null, whole);
    PassageSearch.Found passage =
        new PassageSearch(picky, new TextParts(documents))
            .narrow(
                nothing,
                whole,
                "t",
                "speech",
                () -> new MemorySource(new float[16], 16, 1, new AudioInfo("a", 16_000, 1, 4)));
    assertThat(passage.part().charStart()).isEqualTo(first);
    assertThat(passage.part().document().words()).extracting(Word::text).hasSameElementsAs(heard);
    assertThat(passage.alignment().verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void clipsEndWhereWordsAreNotSure() {
    List<Segment> clips = SegmentCutter.standard(0.8).cut(alignment("XXXXXX.XXXXxXXXX"));
    assertThat(clips).extracting(Segment::firstWord).containsExactly(0, 7, 12);
    assertThat(clips).extracting(Segment::endWord).containsExactly(6, 11, 16);
    assertThat(clips.get(0).text()).isEqualTo("w0 w1 w2 w3 w4 w5");
    for (int i = 1; i < clips.size(); i++) {
      assertThat(clips.get(i).startSeconds()).isGreaterThanOrEqualTo(clips.get(i - 1).endSeconds());
    }
  }

  @Test
  void longClipsAreDivided() {
    List<Segment> clips = SegmentCutter.standard(0.8).cut(alignment("X".repeat(200)));
    assertThat(clips).hasSizeGreaterThan(4);
    assertThat(clips)
        .allSatisfy(c -> assertThat(c.endSeconds() - c.startSeconds()).isLessThan(20.4));
    assertThat(clips.stream().mapToInt(c -> c.endWord() - c.firstWord()).sum()).isEqualTo(200);
  }

  @Test
  void everyRecordingOfSeveralHasItsWords() {
    Alignment whole = alignment("XXXX..XXXX");
    Alignment first = RecordingParts.between(whole, "1.wav", 0, 2.6, 2.6);
    Alignment second = RecordingParts.between(whole, "2.wav", 2.6, Double.POSITIVE_INFINITY, 2.4);
    assertThat(first.words()).hasSize(6);
    assertThat(second.words()).hasSize(4);
    assertThat(second.words().get(0).startSeconds())
        .isCloseTo(0.4, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(second.words().get(0).charStart()).isEqualTo(24);
    assertThat(second.lines()).hasSize(2);
  }
}
