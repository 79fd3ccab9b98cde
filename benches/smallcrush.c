/* TestU01's SmallCrush on words of 64 bits from standard input, the upper half of each before the lower.
 *
 *   apt-get install gcc libtestu01-0-dev          (Debian's component non-free)
 *   gcc -O2 benches/smallcrush.c -o smallcrush -ltestu01 -ltestu01probdist -ltestu01mylib -lm
 *   cargo bench --bench stream_words -- --words 0 --order mixed | ./smallcrush
 *
 * With the argument `reversed` the bits of each half in reverse order: the battery looks harder at the upper ones. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <testu01/bbattery.h>
#include <testu01/unif01.h>

static int reversed;

static unsigned int next(void)
{
    static uint64_t words[1 << 16];
    static size_t read, used;
    static int lower;
    if (used == read) {
        read = fread(words, sizeof words[0], 1 << 16, stdin);
        used = 0;
        if (read == 0) {
            fprintf(stderr, "the words ended before the battery\n");
            exit(2);
        }
    }
    unsigned int half = lower ? (unsigned int)words[used++] : (unsigned int)(words[used] >> 32);
    lower = !lower;
    if (!reversed)
        return half;
    unsigned int turned = 0;
    for (int bit = 0; bit < 32; bit++)
        turned |= (half >> bit & 1u) << (31 - bit);
    return turned;
}

int main(int count, char **arguments)
{
    (void)arguments;
    reversed = count > 1;
    bbattery_SmallCrush(unif01_CreateExternGenBits("keyed streams", next));
    return 0;
}
