// Functions of one vector, lane by lane, for loops over arrays and for results that are still in registers.
//
// The polynomials are least-maximum fits of the relative error, with coefficients rounded to floats one after the other.
// Errors are stated in units in the last place (ulp) of the exact result, for every float; the tests measure them. Subnormal
// arguments and results may count as 0, so a result below 2^-119 has an absolute error of up to 2^-119 instead. NaN gives NaN.

/// The magnitude of x.
INLINE vec magnitude(vec x) { return (vec)((ints)x & 0x7fffffff); }

/// The magnitude of x with the sign of another number.
INLINE vec with_sign(vec x, vec sign) { return (vec)(((ints)x & 0x7fffffff) | ((ints)sign & (int32_t)0x80000000)); }

/// The smaller of x and a bound. NaN stays NaN: of two numbers that do not compare, the instruction returns the second.
INLINE vec at_most(vec x, float most) {
#if LANES == 16
  return (vec)_mm512_min_ps((__m512)splat(most), (__m512)x);
#elif LANES == 8
  return (vec)_mm256_min_ps((__m256)splat(most), (__m256)x);
#else
  return choose(x > splat(most), splat(most), x);
#endif
}

/// The larger of x and a bound. NaN stays NaN.
INLINE vec at_least(vec x, float least) {
#if LANES == 16
  return (vec)_mm512_max_ps((__m512)splat(least), (__m512)x);
#elif LANES == 8
  return (vec)_mm256_max_ps((__m256)splat(least), (__m256)x);
#else
  return choose(x < splat(least), splat(least), x);
#endif
}

/// x within bounds.
INLINE vec clip(vec x, float low, float high) { return at_most(at_least(x, low), high); }

/// 1 / x for x from 1 to 2^127, to 1 ulp; a subnormal result may be 0.
INLINE vec reciprocal(vec x) {
#if LANES == 16
  // A step of Newton's method squares the error of the first 14 bits.
  vec y = (vec)_mm512_rcp14_ps((__m512)x);
  return y * (splat(1) - x * y) + y;
#else
  return splat(1) / x;
#endif
}

/// 2 to the power of n, from -126 to 127.
INLINE vec power_of_two(ints n) { return (vec)((n + 127) << 23); }

/// A number of this size has no fraction, so that a sum with it is rounded, and its lowest bits are the other summand.
#define WHOLE 12582912.0f

/// Whole n and r, |r| < 0.3475, with x = n · log 2 + r. For |x| < 10⁴.
INLINE vec without_powers(vec x, vec *n) {
  *n = (x * splat(1.44269504f) + splat(WHOLE)) - splat(WHOLE);
  // log 2 in two parts; the first times n is exact.
  return (x - *n * splat(0.693359375f)) - *n * splat(-2.12194440e-4f);
}

/// A whole number as an integer.
INLINE ints integers(vec n) { return (ints)(n + splat(WHOLE)) - (ints)splat(WHOLE); }

/// y · 2ⁿ for whole n from -150 to 128.
INLINE vec times_power_of_two(vec y, vec n) {
#if LANES == 16
  return (vec)_mm512_scalef_ps((__m512)y, (__m512)n);
#else
  // In two steps: 2¹²⁸ is no float.
  ints whole = integers(n), half = whole >> 1;
  return y * power_of_two(half) * power_of_two(whole - half);
#endif
}

/// (eʳ - 1 - r) / r² for |r| < 0.3475.
INLINE vec exponential_rest(vec r) {
  vec p = splat(0.0013818698f);
  p = p * r + splat(0.008368716f);
  p = p * r + splat(0.041668292f);
  p = p * r + splat(0.16666521f);
  return p * r + splat(0.49999994f);
}

/// eʳ for |r| < 0.3475, to 1 ulp.
INLINE vec exponential_near_zero(vec r) {
  vec slope = exponential_rest(r) * r + splat(1);
  return slope * r + splat(1);
}

/// e to the power of x + low, where |low| is much smaller than 1 and not more than 2^-10 of |x|.
INLINE vec exponential_of_sum(vec x, vec low) {
  vec n, r = without_powers(clip(x, -104, 89), &n) + low;
  return times_power_of_two(exponential_near_zero(r), n);
}

/// eˣ, to 2 ulp.
INLINE vec exponential(vec x) { return exponential_of_sum(x, zeros()); }

/// eˣ, to 2 ulp, for x within ±88; what is beyond counts as the bound. The smallest result may be 0.
INLINE vec bounded_exponential(vec x) {
  vec n, r = without_powers(clip(x, -88, 88), &n);
  vec y = exponential_near_zero(r);
#if LANES == 16
  return times_power_of_two(y, n);
#else
  return y * power_of_two(integers(n));
#endif
}

/// eˣ - 1, to 4 ulp.
INLINE vec exponential_minus_one(vec x) {
  vec powers, r = without_powers(clip(x, -18, 89), &powers);
  ints n = integers(powers);
  vec y = r * (exponential_rest(r) * r) + r;
  // 2ⁿ (y + 1) - 1. Half of it first: 2¹²⁸ is no float.
  vec power = power_of_two(n - 1);
  vec scaled = power * y + (power - splat(0.5f));
  return with_sign(choose(n == 0, y, scaled + scaled), x);
}

/// log (1 + f) + n · log 2 for 1 + f from √½ to √2.
INLINE vec logarithm_near_one(vec f, vec n) {
  vec p = splat(0.0674992502f);
  p = p * f + splat(-0.116712056f);
  p = p * f + splat(0.11883869f);
  p = p * f + splat(-0.124061123f);
  p = p * f + splat(0.142203107f);
  p = p * f + splat(-0.166679919f);
  p = p * f + splat(0.20002073f);
  p = p * f + splat(-0.250000089f);
  p = p * f + splat(0.333333135f);
  vec square = f * f;
  vec rest = square * (f * p) + n * splat(-2.12194440e-4f);
  return (f + (rest - splat(0.5f) * square)) + n * splat(0.693359375f);
}

/// The natural logarithm, to 4 ulp; -∞ for 0 and subnormal numbers of either sign, NaN below.
INLINE vec logarithm(vec x) {
  // The bits of x less those of √½: the exponent field is n.
  ints n = ((ints)x - 0x3f3504f3) >> 23;
  vec m = (vec)((ints)x - (n << 23));
  vec y = logarithm_near_one(m - splat(1), __builtin_convertvector(n, vec));
  y = choose(x == splat(__builtin_inff()), x, y);
  y = choose(x < splat(0x1p-126f), splat(-__builtin_inff()), y);
  return choose((x <= splat(-0x1p-126f)) | (x != x), splat(__builtin_nanf("")), y);
}

/// log (1 + e) for e from 0 to 1, to 4 ulp.
INLINE vec logarithm_of_one_plus(vec e) {
  ints halves = e > splat(0.41421357f);
  vec f = choose(halves, splat(0.5f) * (e - splat(1)), e);
  return logarithm_near_one(f, choose(halves, splat(1), zeros()));
}

/// 1 / (1 + e⁻ˣ), to 4 ulp; `rest` is 1 less that, as exact.
INLINE vec logistic_and_rest(vec x, vec *rest) {
  vec e = bounded_exponential(-magnitude(x));
  vec large = reciprocal(splat(1) + e), small = e * large;
  *rest = choose(x < zeros(), large, small);
  return choose(x < zeros(), small, large);
}

/// 1 / (1 + e⁻ˣ), to 4 ulp.
INLINE vec logistic(vec x) {
  vec y = reciprocal(splat(1) + bounded_exponential(-x));
  // 0 where the exponential has met its bound, so that the product with any x is 0 there.
  return (vec)(~(x < splat(-88)) & (ints)y);
}

/// The hyperbolic tangent, to 4 ulp.
INLINE vec hyperbolic_tangent(vec x) {
  vec square = x * x;
  vec p = splat(-0.0056922962f);
  p = p * square + splat(0.0206281673f);
  p = p * square + splat(-0.0537365153f);
  p = p * square + splat(0.133314058f);
  p = p * square + splat(-0.333332807f);
  vec near = x + x * (p * square);
  vec far = splat(1) - splat(2) * reciprocal(splat(1) + bounded_exponential(magnitude(x) + magnitude(x)));
  return with_sign(choose(magnitude(x) < splat(0.625f), near, far), x);
}

/// e^(-t² / 2), to 4 ulp.
INLINE vec gaussian(vec t) {
  // A rounded square would lose the last bits of a large exponent. The square of the first 12 bits is exact.
  vec first = (vec)((ints)t & (int32_t)0xfffff000);
  vec low = (t - first) * (t + first);
  return exponential_of_sum(splat(-0.5f) * (first * first), splat(-0.5f) * low);
}

/// The share of the normal distribution above t ≥ 0, divided by e^(-t² / 2), for t up to 14.6.
INLINE vec tail_ratio(vec t) {
  // A fit of (t + 4) · ratio in (t - 4) / (t + 4). What the sum t + 4 has lost in rounding changes the result by its product
  // with the slope of the ratio's logarithm, which is about -2.4 / (t + 4).
  vec sum = t + splat(4);
  vec lost = t - (sum - splat(4));
  vec inverse = reciprocal(sum);
  vec u = splat(1) - splat(8) * inverse;
  vec p = splat(-0.00011548723f);
  p = p * u + splat(0.000212083381f);
  p = p * u + splat(0.00157216936f);
  p = p * u + splat(-0.00353710307f);
  p = p * u + splat(-0.00753112929f);
  p = p * u + splat(0.0604102388f);
  p = p * u + splat(-0.18652229f);
  p = p * u + splat(0.38713631f);
  p = p * u + splat(-0.607896626f);
  p = p * u + splat(0.755285144f);
  return p * (inverse - inverse * (lost * inverse * splat(2.4f)));
}

/// The normal distribution Φ(x), to 5 ulp, and e^(-x² / 2).
INLINE vec normal_share(vec x, vec *density) {
  vec t = at_most(magnitude(x), 14.6f);
  *density = gaussian(t);
  vec tail = *density * tail_ratio(t);
  return choose(x < zeros(), tail, splat(1) - tail);
}

/// log (1 + eˣ), to 4 ulp.
INLINE vec soft_plus(vec x) {
  return choose(x < zeros(), zeros(), x) + logarithm_of_one_plus(exponential(-magnitude(x)));
}

/// z = 2 √(2 / π) (x + 0.044715 x³): with the logistic function σ, x σ(z) is GELU's approximation. Its error is 4 ulp, and
/// 2 |z| more where z is negative, because z is rounded.
INLINE vec tanh_gelu_argument(vec x) {
  return splat(1.59576912f) * x * (splat(1) + splat(0.044715f) * x * x);
}

/// n and n + 2, with n = eˣ (eˣ + 2): tanh log (1 + eˣ) is n / (n + 2).
INLINE vec mish_terms(vec x, vec *e) {
  *e = exponential(at_most(x, 20));
  return *e * (*e + splat(2));
}

/// λ and λ α of SELU.
#define SELU_SCALE 1.05070099f
#define SELU_SLOPE 1.75809934f

/// A function of every lane. `parameter` is the α of ELU and CELU, the slope of leaky ReLU and the maximum of bounded ReLU.
INLINE vec function_value(int function, float parameter, vec x) {
  switch (function) {
  case KILIM_EXP: return exponential(x);
  case KILIM_LOG: return logarithm(x);
  case KILIM_TANH: return hyperbolic_tangent(x);
  case KILIM_SIGMOID: return logistic(x);
  case KILIM_RELU: return at_least(x, 0);
  case KILIM_BOUNDED_RELU: return at_most(at_least(x, 0), parameter);
  case KILIM_LEAKY_RELU: return choose(x > zeros(), x, x * splat(parameter));
  case KILIM_SILU: return x * logistic(x);
  case KILIM_GELU: {
    vec density;
    return x * normal_share(x, &density);
  }
  case KILIM_TANH_GELU: return x * logistic(tanh_gelu_argument(x));
  case KILIM_MISH: {
    vec e, n = mish_terms(x, &e);
    return x * (n / (n + splat(2)));
  }
  case KILIM_SOFTPLUS: return soft_plus(x);
  case KILIM_LOG_SIGMOID: return -soft_plus(-x);
  case KILIM_ELU: return choose(x > zeros(), x, splat(parameter) * exponential_minus_one(x));
  case KILIM_CELU:
    return choose(x > zeros(), x, splat(parameter) * exponential_minus_one(x / splat(parameter)));
  case KILIM_SELU: return choose(x > zeros(), splat(SELU_SCALE) * x, splat(SELU_SLOPE) * exponential_minus_one(x));
  case KILIM_HARD_SIGMOID: return at_most(at_least(x * splat(1.0f / 6) + splat(0.5f), 0), 1);
  case KILIM_HARD_SILU: return x * at_most(at_least(x * splat(1.0f / 6) + splat(0.5f), 0), 1);
  default: return x;
  }
}

/// Lane by lane the number, or 0.
INLINE vec where(ints condition, vec x) { return (vec)(condition & (ints)x); }

/// The derivative of a function where its argument is `x` and its value `y`. Only one of the two is used; see
/// kilim_function.
INLINE vec function_slope(int function, float parameter, vec x, vec y) {
  const vec one = splat(1);
  switch (function) {
  case KILIM_TANH: return one - y * y;
  case KILIM_SIGMOID: return y * (one - y);
  case KILIM_LEAKY_RELU: return choose(x > zeros(), one, splat(parameter));
  case KILIM_SILU: {
    vec rest, s = logistic_and_rest(x, &rest);
    return s * (one + x * rest);
  }
  case KILIM_GELU: {
    vec density, share = normal_share(x, &density);
    return share + x * density * splat(0.39894228f);
  }
  case KILIM_TANH_GELU: {
    vec rest, s = logistic_and_rest(tanh_gelu_argument(x), &rest);
    return s + x * s * rest * splat(1.59576912f) * (one + splat(3 * 0.044715f) * x * x);
  }
  case KILIM_MISH: {
    vec e, n = mish_terms(x, &e);
    vec inverse = one / (n + splat(2)), t = n * inverse;
    return t + at_most(x, 20) * (inverse + inverse) * (one + t) * (e / (one + e));
  }
  case KILIM_SOFTPLUS: return logistic(x);
  case KILIM_LOG_SIGMOID: return logistic(-x);
  case KILIM_ELU: return choose(x > zeros(), one, splat(parameter) * exponential(x));
  case KILIM_CELU: return choose(x > zeros(), one, exponential(x / splat(parameter)));
  case KILIM_SELU: return choose(x > zeros(), splat(SELU_SCALE), splat(SELU_SLOPE) * exponential(x));
  case KILIM_HARD_SILU:
    return choose(x > splat(-3), choose(x < splat(3), x * splat(1.0f / 3) + splat(0.5f), one), zeros());
  default: return one;
  }
}

/// The gradient with respect to the argument of a function, from that with respect to its result; `value` is the argument
/// or the result, see kilim_function. Where a rectifier is flat it is 0 whatever the gradient is.
INLINE vec function_gradient(int function, float parameter, vec gradient, vec value) {
  switch (function) {
  case KILIM_RELU: return where(value > zeros(), gradient);
  case KILIM_BOUNDED_RELU: return where((value > zeros()) & (value < splat(parameter)), gradient);
  default: return gradient * function_slope(function, parameter, value, value);
  }
}
