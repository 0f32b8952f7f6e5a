"""Edit presets and example prompts, as data."""

# ruff: noqa: E501 - a preset is one line of data

from typing import Final

from studio.ui.boot_shapes import ExampleView, PresetGroup, PresetView


def _preset(label: str, instruction: str, words: str = "", *, needs_reference: bool = False) -> PresetView:
    identity = "-".join(label.lower().replace("…", "").split())
    return PresetView(id=identity, label=label, instruction=instruction, words=words, needs_reference=needs_reference)


_KEEP: Final = "Keep everything else exactly as it is."

# fmt: off
PRESETS: Final = (
    PresetGroup(
        title="Light and colour",
        presets=(
            _preset("Black and white", f"Convert to black and white with high contrast. {_KEEP}", "mono grey grayscale"),
            _preset("Sunset light", f"Relight it with warm, low sunset light and long soft shadows. {_KEEP}", "golden hour dramatic"),
            _preset("Warmer", f"Make the light a bit warmer. {_KEEP}", "temperature yellow"),
            _preset("Cooler", f"Make the light a bit cooler. {_KEEP}", "temperature blue"),
            _preset("More vibrant", f"Make the colours more vibrant without clipping. {_KEEP}", "saturation colourful vivid"),
            _preset("Brighter", f"Make it brighter, keeping the highlights. {_KEEP}", "exposure lighter"),
            _preset("Darker", f"Make it darker, keeping the shadows readable. {_KEEP}", "exposure moody"),
            _preset("More contrast", f"Increase the contrast. {_KEEP}", "punchy"),
            _preset("Soft studio", f"Relight it with soft, even studio light from a large window on the left. {_KEEP}", "product lighting"),
            _preset("Night", f"Turn it into a night scene with cool ambient light. {_KEEP}", "dark moon"),
        ),
    ),
    PresetGroup(
        title="Background",
        presets=(
            _preset("Pure white", "Replace the background with pure white. Keep the subject exactly as it is.", "product clean e-commerce"),
            _preset("Blur it", "Blur the background softly, as with a wide aperture. Keep the subject sharp.", "bokeh depth"),
            _preset("Remove it", "Remove the background and leave the subject alone on plain white.", "cut out isolate"),
            _preset("Replace…", "Replace the background with ", "change scene"),
            _preset("From an image", "Place the subject on the scene of image {n}, matching its light and scale.", "reference composite", needs_reference=True),
        ),
    ),
    PresetGroup(
        title="Style",
        presets=(
            _preset("Like an image", "Redraw it in the style of image {n}, keeping the composition.", "style transfer reference", needs_reference=True),
            _preset("Watercolour", "Turn it into a watercolour painting on textured paper, keeping the composition.", "paint art"),
            _preset("Pencil", "Turn it into a detailed pencil drawing, keeping the composition.", "sketch line art"),
            _preset("Duotone", "Turn it into a duotone of deep blue and warm cream.", "print two colours"),
            _preset("Sepia", "Give it a sepia tone like an old print.", "vintage brown"),
            _preset("Film grain", "Add fine film grain.", "analogue texture noise"),
            _preset("Vignette", "Add a gentle vignette.", "dark corners"),
        ),
    ),
    PresetGroup(
        title="Content",
        presets=(
            _preset("Add…", "Add ", "insert object"),
            _preset("Remove…", "Remove ", "delete erase object"),
            _preset("Add text…", 'Add the text "" in a clean sans serif at the top.', "typography title letters"),
            _preset("Change colour…", "Change the colour of the subject to ", "recolour tint"),
            _preset("Add steam", f"Add a little steam rising. {_KEEP}", "smoke hot"),
            _preset("Add rain", f"Add rain. {_KEEP}", "weather wet"),
            _preset("Add snow", f"Add falling snow. {_KEEP}", "weather winter"),
        ),
    ),
)
# fmt: on

EXAMPLES: Final = (
    ExampleView(
        title="Product",
        text="A ceramic mug on linen, soft morning light from the left, calm neutral background",
        picture="/ui/pictures/example-mug.jpg",
    ),
    ExampleView(
        title="Landscape",
        text="A wide mountain valley at sunrise, layers of mist, a river catching the light",
        picture="/ui/pictures/example-valley.jpg",
    ),
    ExampleView(
        title="Poster",
        text='A minimal poster that says "Slow Coffee" in large friendly letters over warm terracotta shapes',
        picture="/ui/pictures/example-poster.jpg",
    ),
)
