// Random bits for dropout: Philox 4x32 with ten rounds, LANES blocks at a time.
//
// A word decides on two elements: as it is and with its halves exchanged. Each of both numbers is uniform, and they know
// of each other only where the upper half of one equals that of the limit, once in 65,536 times.
// 16 blocks make 64 words and so 128 elements: word j of block b decides on elements 32 · j + b and 32 · j + 16 + b. That
// order is the same for every width of vectors.
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

/// Two bytes for each lane, 16 apart: 1 where the word, or the word with its halves exchanged, is at most `limit`.
INLINE void store_decisions(uint8_t *to, words word, uint32_t limit) {
  store_bytes(to, (ints)(word <= limit) & 1, LANES);
  store_bytes(to + 16, (ints)((word << 16 | word >> 16) <= limit) & 1, LANES);
}

/// `groups` times 128 bytes: 1 where a random number is at most `limit`, otherwise 0.
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
    uint8_t *group = result + part / 16 * 128 + part % 16;
    store_decisions(group, c0, limit);
    store_decisions(group + 32, c1, limit);
    store_decisions(group + 64, c2, limit);
    store_decisions(group + 96, c3, limit);
  }
}
