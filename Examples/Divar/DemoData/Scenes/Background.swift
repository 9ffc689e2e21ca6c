import Kilim

/// Covers the canvas with a background of about the colour `ground`: plain, a gradient, a pattern or a scene.
func drawBackground(on canvas: Canvas, ground: Color, using generator: inout RandomGenerator) {
  canvas.fill(.rectangle(canvas.bounds), with: ground)
  switch generator.integer(below: 8) {
  case 0: break
  case 1, 2: drawGradient(on: canvas, ground: ground, using: &generator)
  case 3: drawPattern(on: canvas, ground: ground, using: &generator)
  case 4, 5: drawOutdoors(on: canvas, ground: ground, using: &generator)
  default: drawRoom(on: canvas, ground: ground, using: &generator)
  }
}

/// A colour near another one: as the folds and shades of the same thing.
private func near(_ color: Color, using generator: inout RandomGenerator) -> Color {
  color.mixed(with: .random(using: &generator), fraction: generator.uniform(in: 0.08..<0.35))
}

private func drawGradient(on canvas: Canvas, ground: Color, using generator: inout RandomGenerator) {
  let start = generator.point(in: canvas.bounds)
  let other = near(ground, using: &generator)
  if generator.chance(0.4) {
    let radius = max(canvas.size.width, canvas.size.height)
    canvas.fill(.rectangle(canvas.bounds), with: RadialGradient(center: start, radius: radius, ground, other))
  } else {
    let end = generator.point(in: canvas.bounds)
    canvas.fill(.rectangle(canvas.bounds), with: LinearGradient(from: start, to: end, ground, other))
  }
}

/// Stripes, checks or dots.
private func drawPattern(on canvas: Canvas, ground: Color, using generator: inout RandomGenerator) {
  let color = near(ground, using: &generator)
  let step = generator.uniform(in: 0.08..<0.25) * canvas.size.width
  let kind = generator.integer(below: 3)
  // Reaches the corners whatever the turn: a diagonal is shorter than two sides.
  let extent = canvas.size.width + canvas.size.height
  let reach = Int(extent / 2 / step) + 1
  canvas.withState {
    canvas.translate(x: canvas.size.width / 2, y: canvas.size.height / 2)
    canvas.rotate(by: generator.uniform(in: -0.8..<0.8))
    for column in -reach...reach {
      let x = Double(column) * step
      if kind == 0 {
        canvas.fill(
          .rectangle(Rectangle(center: Point(x, 0), size: Canvas.Size(width: step / 2, height: extent))), with: color)
        continue
      }
      for row in -reach...reach where kind == 2 || (row + column).isMultiple(of: 2) {
        let center = Point(x, Double(row) * step)
        let path =
          kind == 1
          ? Path.rectangle(Rectangle(center: center, size: Canvas.Size(width: step, height: step)))
          : Path.circle(center: center, radius: step / 4)
        canvas.fill(path, with: color)
      }
    }
  }
}

/// Sky, hills and a meadow, or the like in colours that no meadow has.
private func drawOutdoors(on canvas: Canvas, ground: Color, using generator: inout RandomGenerator) {
  let (width, height) = (canvas.size.width, canvas.size.height)
  let sky = near(ground, using: &generator)
  canvas.fill(
    .rectangle(canvas.bounds), with: LinearGradient(from: Point(0, 0), to: Point(0, height), sky.lighter(0.2), sky))
  if generator.chance(0.5) {
    let center = Point(width * generator.uniform(), height * generator.uniform(in: 0..<0.3))
    canvas.fill(.circle(center: center, radius: width * generator.uniform(in: 0.05..<0.12)), with: sky.lighter(0.6))
  }
  for layer in 0..<2 + generator.integer(below: 2) {
    let base = height * (0.45 + 0.17 * Double(layer))
    var hills = [Point(-0.1 * width, base)]
    for step in 0...4 {
      hills.append(Point(width * Double(step) / 4, base - height * generator.uniform(in: -0.08..<0.12)))
    }
    var path = Path.smooth(through: hills + [Point(1.1 * width, base)])
    path.line(to: Point(1.1 * width, 1.1 * height))
    path.line(to: Point(-0.1 * width, 1.1 * height))
    path.close()
    canvas.fill(path, with: near(ground, using: &generator))
  }
  for _ in 0..<generator.integer(below: 4) {
    drawTree(
      on: canvas, foot: Point(width * generator.uniform(), height * generator.uniform(in: 0.5..<0.75)),
      color: near(ground, using: &generator).darker(0.2), size: height * generator.uniform(in: 0.08..<0.2))
  }
}

private func drawTree(on canvas: Canvas, foot: Point, color: Color, size: Double) {
  canvas.stroke(.line(from: foot, to: foot - Point(0, size)), with: color.darker(0.4), width: size / 6)
  canvas.fill(.circle(center: foot - Point(0, 1.3 * size), radius: 0.6 * size), with: color)
}

/// A wall and a floor or table, with boards, a window or a picture.
private func drawRoom(on canvas: Canvas, ground: Color, using generator: inout RandomGenerator) {
  let (width, height) = (canvas.size.width, canvas.size.height)
  let edge = height * generator.uniform(in: 0.5..<0.85)
  let floor = near(ground, using: &generator).darker(0.12)
  if generator.chance(0.5) {
    let left = width * generator.uniform(in: -0.1..<0.7)
    let frame = Rectangle(
      x: left, y: height * generator.uniform(in: 0..<0.15), width: width * generator.uniform(in: 0.2..<0.4),
      height: height * generator.uniform(in: 0.2..<0.35))
    canvas.fill(.rectangle(frame), with: near(ground, using: &generator).lighter(0.25))
    canvas.stroke(.rectangle(frame), with: floor, width: width / 40)
    canvas.stroke(
      .line(from: Point(frame.center.x, frame.y), to: Point(frame.center.x, frame.maxY)), with: floor,
      width: width / 60)
  }
  canvas.fill(.rectangle(Rectangle(x: 0, y: edge, width: width, height: height - edge)), with: floor)
  canvas.stroke(
    .line(from: Point(0, edge), to: Point(width, edge)), with: floor.darker(0.3), width: height / 50)
  guard generator.chance(0.5) else { return }
  // Boards run towards a point on the horizon.
  let vanishing = Point(width * generator.uniform(), edge - height * 0.4)
  for board in -4...12 {
    let end = Point(width * Double(board) / 8, height)
    let start = vanishing + (end - vanishing) * ((edge - vanishing.y) / (height - vanishing.y))
    canvas.stroke(.line(from: start, to: end), with: floor.darker(0.25), width: width / 150)
  }
}
