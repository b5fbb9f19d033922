package org.chorale.export;

/**
 * What a song is called, as far as the name of its file says: {@code Artist - Title.mp3}.
 *
 * @param artist the artist, "Unknown" where the name has none
 * @param title the title, "Untitled" where there is no name
 * @param file name of the file without its folder
 */
record SongTitle(String artist, String title, String file) {

  static SongTitle of(String path) {
    String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    file = file.replaceAll("[\\r\\n]+", " ");
    int dot = file.lastIndexOf('.');
    String name = (dot > 0 ? file.substring(0, dot) : file).strip();
    int dash = name.indexOf(" - ");
    String artist = dash > 0 ? name.substring(0, dash).strip() : "Unknown";
    String title = dash > 0 ? name.substring(dash + 3).strip() : name;
    return new SongTitle(artist, title.isEmpty() ? "Untitled" : title, file);
  }
}
