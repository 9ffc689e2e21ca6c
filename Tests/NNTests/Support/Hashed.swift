import Tensor

/// Numbers that the tests and the scripts under `Fixtures` make alike: element i is the 24 highest bits of
/// splitmix64(i, seed) as a number of [-limit, limit).
func hashed(_ shape: Shape, seed: UInt64, limit: Float = 1) -> Tensor<Float> {
  Tensor(
    shape: shape,
    scalars: (0..<UInt64(shape.elementCount)).map { index in
      var z = (index &+ 1) &* 0x9E37_79B9_7F4A_7C15 &+ seed &* 0xD1B5_4A32_D192_ED03
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return (Float(z >> 40) * 0x1p-23 - 1) * limit
    })
}
