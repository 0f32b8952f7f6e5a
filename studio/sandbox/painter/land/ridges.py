"""Hills, peaks and woods in layers of air."""

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.ground import GRASS, Land, below, under
from studio.sandbox.painter.land.ink import filled, lay, oval, stroke
from studio.sandbox.painter.land.sky import View
from studio.sandbox.painter.land.sprites import hazed, tones
from studio.sandbox.painter.noise import cloud, line, moved, stretched

MOUNTAIN_GREY, SNOW_GREY, FOREST_GREEN = "#2f4858", "#5b7590", "#27463a"
_LARGE = 500_000
"""Beyond this many pixels flanks are drawn half as fine."""
_AUTUMN = ("#b5622b", "#c98a2e", "#8c3f26", "#6f7a3a")
_BLOSSOM = ("#dfa3b4", "#8fae5a", "#e9c3cb", "#7f9c54")


def ridge(view: View, rng: np.random.Generator, *, base: float, rise: float, cells: float, gain: float) -> Field:
    """The upper edge of a range in px, for each column."""
    cells = max(1.0, cells * view.width / max(view.height, view.width * 0.5))
    shape = line(rng, width=view.width, cells=cells, octaves=8, gain=gain)
    return np.asarray(base - rise * (0.45 + 0.55 * shape), dtype=np.float32)


def relief(view: View, rng: np.random.Generator, *, cells: float) -> Field:
    """Lit and shaded flanks: the slope of folded noise towards the light, about −1 to 1."""
    h, w = view.size
    fine = 2 if h * w > _LARGE else 1
    rows, columns = h // fine, w // fine
    fold = 1 - np.abs(cloud(rng, height=rows, width=columns, cells=(cells * 1.1, cells * w / h), octaves=5))
    shift = max(1, w // 260 // fine)
    slope = np.tanh((fold - moved(fold, down=shift, right=int(view.side * shift))) * np.float32(4.5))
    return slope if fine == 1 else stretched(slope, height=h, width=w)


def raise_mountains(land: Land, rng: np.random.Generator, *, ground: Field, snowy: bool, layers: int = 5) -> None:
    """Ranges behind ranges; snowy ones are white to their feet."""
    view = land.view
    haze = view.air.haze
    dark = 0.45 if view.air.stars else 0.0
    steep = float(rng.uniform(0.75, 1.25))
    jag = float(rng.uniform(0.41, 0.53))
    peak = int(rng.integers(0, 3))
    for k in range(layers):
        near = k / (layers - 1)
        edge = ridge(
            view, rng, base=view.horizon_px + view.height * (0.04 + 0.30 * near**1.3),
            rise=view.height * (0.36 - 0.20 * near) * (1.25 if k == peak else 0.9) * steep, cells=2.2 + 1.6 * near,
            gain=jag,
        )  # fmt: skip
        own = mix(haze, shifted(ground, light=-0.10 * near - dark * 0.2), 0.22 + 0.74 * near)
        part = under(view, edge)
        form = relief(view, rng, cells=5 + 3 * near)[part]
        depth = np.clip((view.rows()[part] - edge[None, :]) / (view.height * 0.30), 0, 1)
        body = own + (form * (0.045 + 0.085 * near) * (1 - dark))[..., None] * mix(srgb(view.air.sun), own, 0.35)
        white_to = 1.4 if snowy else 4.2
        snow = smoothstep(0.0, 0.35, form * 0.55 + 0.34 - depth * white_to)
        if k in (1, 2) or snowy:
            white = mix(srgb("#f6f8fb"), own, 0.30 if k < 2 else 0.12) * (1 - dark * 0.6)
            shade = mix(white, srgb("#8aa2c4") * (1 - dark), np.clip(-form * 0.9 + 0.12, 0, 0.75)[..., None])
            body = mix(body, shade, (snow * (0.9 if k else 0.5))[..., None])
        mist = np.clip(depth * 1.15 - 0.18, 0, 1) * (0.72 - 0.55 * near)
        body = mix(body, haze, mist[..., None])
        land.picture[part] = mix(land.picture[part], body, below(view, edge)[part, :, None])


def _conifers(floor: Field, size: float, rng: np.random.Generator) -> Field:
    """The upper edge of a row of firs standing on a floor, px."""
    edge = floor.copy()
    width = len(floor)
    step = max(2.0, size * 0.17)
    x = np.arange(width, dtype=np.float32)
    for centre in np.arange(-size, width + size, step):
        middle = centre + float(rng.uniform(-0.5, 0.5)) * step
        tall = size * float(rng.uniform(0.55, 1.3))
        left, right = int(max(0, middle - tall * 0.22)), int(min(width, middle + tall * 0.22 + 1))
        if right <= left:
            continue
        away = np.abs(x[left:right] - middle) / (tall * 0.21)
        teeth = 0.10 * np.abs((away * 5.5) % 1 - 0.5)
        top = floor[left:right] - tall * np.clip(1 - away**0.82 - teeth, 0, 1)
        edge[left:right] = np.minimum(edge[left:right], top)
    return edge


def _broadleaves(floor: Field, size: float, rng: np.random.Generator) -> Field:
    """The upper edge of a row of round crowns."""
    edge = floor.copy()
    width = len(floor)
    x = np.arange(width, dtype=np.float32)
    for centre in np.arange(-size, width + size, max(3.0, size * 0.34)):
        middle, tall = centre + float(rng.uniform(-0.3, 0.3)) * size, size * float(rng.uniform(0.5, 1.0))
        away = np.clip(np.abs(x - middle) / (tall * 0.42), 0, 1)
        edge = np.minimum(edge, floor - tall * np.sqrt(1 - away * away) * (away < 1))
    lumps = line(rng, width=width, cells=width / max(4.0, size * 0.12), octaves=2)
    return np.asarray(edge + lumps * size * 0.05 * (edge < floor - 1), dtype=np.float32)


def _palms(floor: Field, size: float, rng: np.random.Generator) -> Field:
    """The upper edge of a row of palms over undergrowth: drooping fronds on bent stems."""
    edge = np.asarray(floor - size * 0.16, dtype=np.float32)
    width = len(floor)
    x = np.arange(width, dtype=np.float32)
    for centre in np.arange(-size, width + size, max(4.0, size * 0.42)):
        middle, tall = centre + float(rng.uniform(-0.4, 0.4)) * size, size * float(rng.uniform(0.8, 1.5))
        away = (x - middle) / (tall * float(rng.uniform(0.28, 0.40)))
        teeth = 0.05 * np.abs((away * 4.5) % 1 - 0.5)
        frond = 1 - 0.42 * away**2 - 0.12 * np.cos(away * 7.5) - teeth
        edge = np.where(np.abs(away) < 1, np.minimum(edge, floor - tall * frond), edge)
    return np.asarray(edge, dtype=np.float32)


def raise_birches(land: Land, rng: np.random.Generator) -> None:
    """White stems in the foreground with their dark marks, the far ones thin and pale; in place."""
    view, size = land.view, land.view.size
    h, w = size
    for k in range(18):
        near = k / 17
        x, wide = float(rng.uniform(0, w)), view.unit * (0.008 + 0.030 * near**1.6)
        foot, lean = h * (0.80 + 0.17 * near), float(rng.uniform(-0.03, 0.03)) * h
        path = np.array([[x, foot], [x + lean * 0.4, foot * 0.5], [x + lean, -0.05 * h]], dtype=np.float32)
        stem = filled(stroke(path, (wide, wide * 0.72), 40), size=size)
        if stem.cover.size == 0:
            continue
        columns = (stem.grid()[1] - x - lean * 0.5) / max(1.0, wide)
        bark = tones(view, srgb("#eeeae2"), np.clip(0.55 + columns * view.side * 0.7, 0, 1))
        lay(land.picture, stem, hazed(view, bark, 0.62 * (1 - near)))
        for _ in range(9):
            y = float(rng.uniform(0, foot * 0.96))
            at = x + lean * (1 - y / foot) + float(rng.uniform(-0.3, 0.3)) * wide
            mark = filled(oval((at, y), (wide * float(rng.uniform(0.12, 0.36)), wide * 0.07 + 0.5)), size=size)
            if mark.cover.size:
                lay(land.picture, mark, hazed(view, tones(view, srgb("#2c2826"), 0.4), 0.62 * (1 - near)))


def tree_colours(land: Land, colour: Field) -> list[Field]:
    """What leaves are in the season."""
    if land.season == "autumn":
        return [srgb(code) for code in _AUTUMN]
    if land.season == "spring":
        return [srgb(code) for code in _BLOSSOM]
    if land.season == "winter":
        return [mix(colour, srgb("#dfe8ee"), 0.55)]
    return [colour]


def plant_trees(land: Land, rng: np.random.Generator, *, colour: Field, rows: tuple[float, ...], size: float) -> None:
    """Rows of trees, the nearest last; rows are the heights of their feet, as shares of the picture's."""
    view = land.view
    kind = land.trees or ("broadleaf" if land.season in ("autumn", "spring") else "conifer")
    colours = tree_colours(land, colour)
    haze = view.air.haze
    h, w = view.size
    for k, foot in enumerate(rows):
        near = (k + 1) / len(rows)
        tall = h * size * (0.35 + 0.65 * near)
        floor = h * foot + h * 0.05 * line(rng, width=w, cells=3)
        crowns = _conifers if kind == "conifer" else _palms if kind == "jungle" and k % 2 else _broadleaves
        edge = crowns(floor, tall, rng)
        own = mix(haze, colours[k % len(colours)] * np.float32(0.45 + 0.55 * view.air.power), 0.25 + 0.75 * near)
        part = under(view, edge)
        depth = np.clip((view.rows()[part] - edge[None, :]) / (tall * 1.6), 0, 1)
        body = mix(mix(own, srgb(view.air.sun), 0.10), own * 0.86, depth[..., None])
        if len(colours) > 1:
            spots = smoothstep(0.1, 0.5, cloud(rng, height=h, width=w, cells=(30, 30 * w / h), octaves=3)[part])
            other = mix(
                haze, colours[(k + 1) % len(colours)] * np.float32(0.45 + 0.55 * view.air.power), 0.3 + 0.7 * near
            )
            body = mix(body, other, (spots * 0.6)[..., None])
        body = mix(body, haze, (smoothstep(0.4, 1.0, depth) * (0.62 - 0.60 * near))[..., None])
        land.picture[part] = mix(land.picture[part], body, below(view, edge)[part, :, None])


def roll_hills(land: Land, rng: np.random.Generator, *, ground: Field | None, layers: int = 4) -> None:
    """Soft green hills with hedges, into the distance."""
    view, h, w = land.view, land.view.height, land.view.width
    grass = ground if ground is not None else srgb(GRASS[land.season])
    for k in range(layers):
        near = k / (layers - 1)
        base = view.horizon_px + h * (0.005 + 0.20 * near**1.4)
        cells = max(1.0, (1.4 + near) * w / view.unit * 0.7)
        edge = base - h * (0.075 - 0.015 * near) * line(rng, width=w, cells=cells, octaves=2, gain=0.3)
        own = shifted(grass, turn=float(rng.uniform(-0.18, 0.12)), light=float(rng.uniform(-0.03, 0.05)))
        slope = np.clip(0.55 - np.gradient(edge) * view.side * 2.4, 0, 1)[None, :]
        part = under(view, edge)
        depth = np.clip((view.rows()[part] - edge[None, :]) / (h * 0.16), 0, 1)
        patches = smoothstep(0.0, 0.3, cloud(rng, height=h, width=w, cells=(16, 7 * w / h), octaves=1)[part])
        shine = np.clip(slope + 0.18 - 0.35 * depth + 0.10 * patches, 0, 1)
        body = mix(tones(view, own, shine), view.air.haze, 0.62 * (1 - near) ** 1.2)
        land.picture[part] = mix(land.picture[part], body, below(view, edge)[part, :, None])
        if k < layers - 1:
            _hedge(land, rng, edge=edge, near=near, grass=grass)


def _hedge(land: Land, rng: np.random.Generator, *, edge: Field, near: float, grass: Field) -> None:
    """Clumps of trees along a hill's edge."""
    view, h = land.view, land.view.height
    clump = smoothstep(0.05, 0.5, line(rng, width=view.width, cells=7, octaves=2))
    lumps = np.abs(line(rng, width=view.width, cells=60 - 30 * near, octaves=2))
    top = edge - h * (0.008 + 0.030 * near) * clump * (0.35 + lumps) + 1
    colours = tree_colours(land, shifted(grass, light=-0.16))
    body = mix(tones(view, colours[0], 0.35), view.air.haze, 0.58 * (1 - near))
    foot = edge + h * 0.006 * clump
    cover = below(view, top) * (1 - below(view, foot)) * np.minimum(clump * 4, 1)[None, :]
    land.picture[:] = mix(land.picture, body, cover[..., None])
