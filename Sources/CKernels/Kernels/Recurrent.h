// What the steps of gated recurrent layers do to each number, between the products of matrices.

/// c = f · c' + i · g and h = o · tanh c, with i, f and o the logistic function of their sums, and g the hyperbolic tangent.
static void lstm_step(const kilim_lstm *step) {
  const long count = step->units;
  for (long row = 0; row < step->rows; row++) {
    float *gates = step->gates + row * step->gateStride;
    float *cell = step->cell + row * step->afterStride, *state = step->state + row * step->afterStride;
    const float *cellBefore = step->cellBefore + row * step->beforeStride;
    if (step->mask && !step->mask[row * step->maskStride]) {
      memcpy(cell, cellBefore, (size_t)count * sizeof(float));
      memcpy(state, step->stateBefore + row * step->beforeStride, (size_t)count * sizeof(float));
      continue;
    }
    FOR_ELEMENTS({
      vec i = logistic(load(gates + at, n)), f = logistic(load(gates + count + at, n));
      vec g = hyperbolic_tangent(load(gates + 2 * count + at, n)), o = logistic(load(gates + 3 * count + at, n));
      vec c = f * load(cellBefore + at, n) + i * g;
      store(gates + at, i, n);
      store(gates + count + at, f, n);
      store(gates + 2 * count + at, g, n);
      store(gates + 3 * count + at, o, n);
      store(cell + at, c, n);
      store(state + at, o * hyperbolic_tangent(c), n);
    })
  }
}

/// The gradients of the sums of the gates, of the cell before, and of the state before, as far as it passes by the gates.
static void lstm_step_gradient(const kilim_lstm *step, const kilim_step_gradient *gradient) {
  const long count = step->units;
  for (long row = 0; row < step->rows; row++) {
    const float *gates = step->gates + row * step->gateStride, *cell = step->cell + row * step->afterStride;
    const float *cellBefore = step->cellBefore + row * step->beforeStride;
    float *sums = gradient->sums + row * step->gateStride;
    float *stateGradient = gradient->state + row * count, *cellGradient = gradient->cell + row * count;
    if (step->mask && !step->mask[row * step->maskStride]) {
      memset(sums, 0, (size_t)(4 * count) * sizeof(float));
      continue;
    }
    FOR_ELEMENTS({
      vec i = load(gates + at, n), f = load(gates + count + at, n);
      vec g = load(gates + 2 * count + at, n), o = load(gates + 3 * count + at, n);
      vec squashed = hyperbolic_tangent(load(cell + at, n)), dh = load(stateGradient + at, n);
      vec dc = load(cellGradient + at, n) + dh * o * (splat(1) - squashed * squashed);
      store(sums + at, dc * g * i * (splat(1) - i), n);
      store(sums + count + at, dc * load(cellBefore + at, n) * f * (splat(1) - f), n);
      store(sums + 2 * count + at, dc * i * (splat(1) - g * g), n);
      store(sums + 3 * count + at, dh * squashed * o * (splat(1) - o), n);
      store(cellGradient + at, dc * f, n);
      store(stateGradient + at, zeros(), n);
    })
  }
}

/// h = z · h' + (1 - z) · g with g = tanh (x + r · p): z and r are the logistic function of x + p, where x are the parts of the
/// input and p those of the state.
static void gru_step(const kilim_gru *step) {
  const long count = step->units;
  for (long row = 0; row < step->rows; row++) {
    const float *inputs = step->inputs + row * step->inputStride, *products = step->products + row * 3 * count;
    const float *before = step->before + row * step->beforeStride;
    float *gates = step->gates + row * step->gateStride, *state = step->state + row * step->afterStride;
    if (step->mask && !step->mask[row * step->maskStride]) {
      memcpy(state, before, (size_t)count * sizeof(float));
      continue;
    }
    FOR_ELEMENTS({
      vec z = logistic(load(inputs + at, n) + load(products + at, n));
      vec r = logistic(load(inputs + count + at, n) + load(products + count + at, n));
      vec p = load(products + 2 * count + at, n);
      vec g = hyperbolic_tangent(load(inputs + 2 * count + at, n) + r * p);
      store(gates + at, z, n);
      store(gates + count + at, r, n);
      store(gates + 2 * count + at, g, n);
      store(gates + 3 * count + at, p, n);
      store(state + at, z * load(before + at, n) + (splat(1) - z) * g, n);
    })
  }
}

/// The gradients of the parts of the input and of the state, and that of the state before, as far as it passes by the gates.
static void gru_step_gradient(const kilim_gru *step, const kilim_step_gradient *gradient, float *products) {
  const long count = step->units;
  for (long row = 0; row < step->rows; row++) {
    const float *gates = step->gates + row * step->gateStride, *before = step->before + row * step->beforeStride;
    float *sums = gradient->sums + row * step->inputStride, *own = products + row * step->inputStride;
    float *stateGradient = gradient->state + row * count;
    if (step->mask && !step->mask[row * step->maskStride]) {
      memset(sums, 0, (size_t)(3 * count) * sizeof(float));
      memset(own, 0, (size_t)(3 * count) * sizeof(float));
      continue;
    }
    FOR_ELEMENTS({
      vec z = load(gates + at, n), r = load(gates + count + at, n);
      vec g = load(gates + 2 * count + at, n), p = load(gates + 3 * count + at, n);
      vec dh = load(stateGradient + at, n);
      vec dz = dh * (load(before + at, n) - g) * z * (splat(1) - z);
      vec dg = dh * (splat(1) - z) * (splat(1) - g * g);
      vec dr = dg * p * r * (splat(1) - r);
      store(sums + at, dz, n);
      store(sums + count + at, dr, n);
      store(sums + 2 * count + at, dg, n);
      store(own + at, dz, n);
      store(own + count + at, dr, n);
      store(own + 2 * count + at, dg * r, n);
      store(stateGradient + at, dh * z, n);
    })
  }
}
