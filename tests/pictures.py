"""Pictures small enough to keep in the repository: PNG with a palette.

The browser that took a picture also counts its colours; the file is written here.
"""

import base64
import struct
import zlib

COLOURS = 128
# The most frequent colours, to five bits each; every pixel gets the nearest of them.
TO_PALETTE = """
async ([png, colours]) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const key = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const all = [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  const palette = all.slice(0, colours);
  const far = (a, b) =>
    [16, 8, 0].reduce((sum, bits) => sum + (((a >> bits) & 255) - ((b >> bits) & 255)) ** 2, 0);
  const nearest = new Map(all.map((key) => [key, 0]));
  for (const key of all) {
    let best = Infinity;
    palette.forEach((other, place) => {
      const distance = far(key, other);
      if (distance < best) { best = distance; nearest.set(key, place); }
    });
  }
  let places = "";
  for (let i = 0; i < data.length; i += 4) {
    places += String.fromCharCode(nearest.get((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]));
  }
  return [picture.width, picture.height, palette, btoa(places)];
}
"""


def save(path, png, window):
    """Writes the picture `png` to `path`; `window` is any page of a browser, of no site."""
    found = window.evaluate(TO_PALETTE, [base64.b64encode(png).decode(), COLOURS])
    width, height, palette, places = found
    path.write_bytes(with_palette(width, height, palette, base64.b64decode(places)))


def with_palette(width, height, palette, places):
    """A PNG of 8-bit places in `palette` (0xRRGGBB each), row by row from the top."""
    rows = b"".join(b"\0" + places[y * width : (y + 1) * width] for y in range(height))
    parts = [
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        chunk(b"PLTE", b"".join(colour.to_bytes(3, "big") for colour in palette)),
        chunk(b"IDAT", zlib.compress(rows, 9)),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
