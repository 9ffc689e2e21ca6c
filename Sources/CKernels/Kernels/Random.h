// Random bits for dropout: Philox 4x32 with ten rounds, LANES blocks at a time.
//
// 16 blocks make 64 words and so 64 elements: word j of block b decides on element 16 · j + b. That order is the same
// for every width of vectors.
//
// Source: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011.

typedef uint32_t words __attribute__((vector_size(LANES * 4)));
typedef uint64_t pairs __attribute__((vector_size(LANES * 4)));
typedef uint64_t wide __attribute__((vector_size(LANES * 8)));

/// The high and low halves of the products with a constant. Processors multiply every other word of a vector, to twice
/// its width: the even ones and, moved over, the odd ones.
INLINE void multiply_wide(words x, uint32_t by, words *high, words *low) {
  const pairs lower = (pairs){0} + 0xFFFFFFFF;
  pairs even = ((pairs)x & lower) * by, odd = ((pairs)x >> 32) * by;
  *high = (words)(even >> 32 | (odd & ~lower));
  *low = (words)((even & lower) | odd << 32);
}

/// `groups` times 64 bytes: 1 where a random word is at most `limit`, otherwise 0.
static void bernoulli(
    uint64_t seed, uint64_t stream, uint64_t firstBlock, long groups, uint32_t limit, uint8_t *result) {
  wide lanes;
  for (int i = 0; i < LANES; i++) lanes[i] = (uint64_t)i;
  for (long part = 0; part < groups * 16; part += LANES) {
    wide block = lanes + (firstBlock + (uint64_t)part);
    words c0 = __builtin_convertvector(block, words), c1 = __builtin_convertvector(block >> 32, words);
    words c2 = (words){0} + (uint32_t)stream, c3 = (words){0} + (uint32_t)(stream >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
      words highA, lowA, highB, lowB;
      multiply_wide(c0, 0xD2511F53, &highA, &lowA);
      multiply_wide(c2, 0xCD9E8D57, &highB, &lowB);
      c0 = highB ^ c1 ^ k0;
      c1 = lowB;
      c2 = highA ^ c3 ^ k1;
      c3 = lowA;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    uint8_t *group = result + part / 16 * 64 + part % 16;
    store_bytes(group, (ints)(c0 <= limit) & 1, LANES);
    store_bytes(group + 16, (ints)(c1 <= limit) & 1, LANES);
    store_bytes(group + 32, (ints)(c2 <= limit) & 1, LANES);
    store_bytes(group + 48, (ints)(c3 <= limit) & 1, LANES);
  }
}
