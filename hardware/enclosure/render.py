"""Pictures of bodies: shaded, with edges, off the screen (VTK), and labels with leader lines (Pillow)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cadquery as cq
from PIL import Image, ImageChops, ImageDraw, ImageFont
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkCleanPolyData, vtkFeatureEdges, vtkPolyDataNormals
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkCoordinate,
    vtkLight,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkWindowToImageFilter,
)

import vtkmodules.vtkRenderingOpenGL2  # isort: skip  # noqa: F401 - registers the renderer

BACKGROUND = (1.0, 1.0, 1.0)
INK = (40, 44, 52)
FINE_MM, FINE_RAD = 0.01, 0.07
COIL_MM, COIL_RAD = 0.03, 0.4
"""A spring's wire is thin and its helix long: finer than this it has a quarter of a million triangles."""
FONT_SIZE = 25
MARGIN = 24


@dataclass(frozen=True)
class Body:
    """What is drawn: triangles, their colour, where they are moved to in mm."""

    data: vtkPolyData
    colour: tuple[float, float, float]
    shift: tuple[float, float, float] = (0, 0, 0)
    edged: bool = True


@dataclass(frozen=True)
class View:
    """Where one looks from.

    Attributes:
        towards: direction from the scene to the eye. up: what is up in the picture. size: pixels.
        zoom: 1 shows everything. centre: what to look at in mm; None for the middle of all.
    """

    towards: tuple[float, float, float]
    up: tuple[float, float, float] = (0, 1, 0)
    size: tuple[int, int] = (1600, 900)
    zoom: float = 1.0
    centre: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Label:
    """A word at a point: `at` in mm; `text_at` where the text stands, as shares of the picture's width and height."""

    text: str
    at: tuple[float, float, float]
    text_at: tuple[float, float]


def mesh(shape: cq.Workplane, *, coil: bool = False) -> vtkPolyData:
    """Triangles of a shape."""
    fine = (COIL_MM, COIL_RAD) if coil else (FINE_MM, FINE_RAD)
    points, cells = vtkPoints(), vtkCellArray()
    for solid in shape.vals():
        offset = points.GetNumberOfPoints()
        vertices, triangles = solid.tessellate(*fine)
        for vertex in vertices:
            points.InsertNextPoint(vertex.x, vertex.y, vertex.z)
        for triangle in triangles:
            cells.InsertNextCell(3)
            for index in triangle:
                cells.InsertCellPoint(offset + index)
    data = vtkPolyData()
    data.SetPoints(points)
    data.SetPolys(cells)
    merged = vtkCleanPolyData()  # faces share no points before: their borders would all be drawn as edges
    merged.SetInputData(data)
    merged.SetToleranceIsAbsolute(1)
    merged.SetAbsoluteTolerance(1e-4)
    merged.Update()
    return merged.GetOutput()


def smooth(data: vtkPolyData) -> vtkPolyData:
    """The same with normals: round where it is round, sharp where faces meet at an angle."""
    normals = vtkPolyDataNormals()
    normals.SetInputData(data)
    normals.SetFeatureAngle(30)
    normals.SplittingOn()
    normals.ConsistencyOn()
    normals.Update()
    return normals.GetOutput()


def actors(body: Body) -> Iterable[vtkActor]:
    """The shaded surface and its sharp edges."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(smooth(body.data))
    mapper.ScalarVisibilityOff()
    surface = vtkActor()
    surface.SetMapper(mapper)
    look = surface.GetProperty()
    look.SetColor(*body.colour)
    look.SetAmbient(0.28)
    look.SetDiffuse(0.72)
    look.SetSpecular(0.22)
    look.SetSpecularPower(28)
    surface.SetPosition(*body.shift)
    yield surface
    if body.edged:
        yield edges(body)


def edges(body: Body) -> vtkActor:
    """Thin dark lines where two faces meet at more than 30 degrees."""
    found = vtkFeatureEdges()
    found.SetInputData(body.data)
    found.BoundaryEdgesOn()
    found.FeatureEdgesOn()
    found.SetFeatureAngle(30)
    found.ManifoldEdgesOff()
    found.ColoringOff()
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(found.GetOutputPort())
    mapper.ScalarVisibilityOff()
    mapper.SetResolveCoincidentTopologyToPolygonOffset()
    mapper.SetRelativeCoincidentTopologyLineOffsetParameters(0, -4)
    lines = vtkActor()
    lines.SetMapper(mapper)
    look = lines.GetProperty()
    look.SetColor(*(part * 0.35 for part in body.colour))
    look.SetLineWidth(1.6)
    look.SetOpacity(0.75)
    look.LightingOff()
    lines.SetPosition(*body.shift)
    return lines


def scene(bodies: Iterable[Body], view: View) -> vtkRenderer:
    """A renderer with bodies, lights and camera."""
    renderer = vtkRenderer()
    renderer.SetBackground(*BACKGROUND)
    for body in bodies:
        for actor in actors(body):
            renderer.AddActor(actor)
    renderer.AutomaticLightCreationOff()
    for position, strength in (((-1, 1.4, 1.6), 0.75), ((1.6, 0.6, 1.0), 0.35), ((0, -1, 0.6), 0.2)):
        light = vtkLight()
        light.SetLightTypeToCameraLight()
        light.SetPosition(*position)
        light.SetFocalPoint(0, 0, 0)
        light.SetIntensity(strength)
        renderer.AddLight(light)
    aim(renderer, view)
    return renderer


def aim(renderer: vtkRenderer, view: View) -> None:
    """Set the camera: parallel projection, everything visible, then the view's zoom and centre."""
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetFocalPoint(0, 0, 0)
    camera.SetPosition(*view.towards)
    camera.SetViewUp(*view.up)
    renderer.ResetCamera()
    if view.centre is not None:
        shift = [to - now for to, now in zip(view.centre, camera.GetFocalPoint(), strict=True)]
        camera.SetFocalPoint(*view.centre)
        camera.SetPosition(*(now + by for now, by in zip(camera.GetPosition(), shift, strict=True)))
    camera.Zoom(view.zoom)
    renderer.ResetCameraClippingRange()


def picture(bodies: Iterable[Body], view: View, labels: Iterable[Label] = ()) -> Image.Image:
    """Draw bodies; labels follow the points they name."""
    renderer = scene(bodies, view)
    window = vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(8)
    window.SetSize(*view.size)
    window.AddRenderer(renderer)
    window.Render()
    taken = vtkWindowToImageFilter()
    taken.SetInput(window)
    taken.ReadFrontBufferOff()
    taken.Update()
    data = taken.GetOutput()
    width, height, _ = data.GetDimensions()
    pixels = vtk_to_numpy(data.GetPointData().GetScalars()).reshape(height, width, -1)[::-1, :, :3]
    image = Image.fromarray(pixels.copy(), "RGB")
    write_labels(image, [(label, on_screen(renderer, label.at, height)) for label in labels])
    window.Finalize()
    return image


def on_screen(renderer: vtkRenderer, point: tuple[float, float, float], height: int) -> tuple[float, float]:
    """Pixel of a point in mm."""
    coordinate = vtkCoordinate()
    coordinate.SetCoordinateSystemToWorld()
    coordinate.SetValue(*point)
    x, y = coordinate.GetComputedDoubleDisplayValue(renderer)
    return x, height - y


def write_labels(image: Image.Image, labels: list[tuple[Label, tuple[float, float]]]) -> None:
    """Text with a leader line that ends in a dot."""
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=FONT_SIZE)
    for label, (x, y) in labels:
        tx, ty = label.text_at[0] * image.width, label.text_at[1] * image.height
        left, top, right, bottom = draw.textbbox((tx, ty), label.text, font=font, anchor="mm")
        ex = min(max(x, left), right)
        ey = top - 3 if y < top else bottom + 3 if y > bottom else ty
        if top <= y <= bottom:
            ex = left - 6 if x < left else right + 6
        draw.line((ex, ey, x, y), fill=INK, width=2)
        draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=INK)
        draw.rectangle((left - 4, top - 2, right + 4, bottom + 2), fill=(255, 255, 255))
        draw.text((tx, ty), label.text, fill=INK, font=font, anchor="mm")


def save(image: Image.Image, path: Path) -> None:
    """Write a PNG without the empty border, of few colours: small, and good enough for a drawing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    paper = Image.new("RGB", image.size, (255, 255, 255))
    left, top, right, bottom = ImageChops.difference(image, paper).getbbox()
    image = image.crop(
        (
            max(left - MARGIN, 0),
            max(top - MARGIN, 0),
            min(right + MARGIN, image.width),
            min(bottom + MARGIN, image.height),
        )
    )
    image.quantize(colors=192, dither=Image.Dither.NONE).save(path, optimize=True)
