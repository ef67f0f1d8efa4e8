/* The plain reference of benches/trace/compare.py: the same methods by the same exact arithmetic, in C with nothing around it. Reads the world
 * that `speed generate` wrote and prints `name seconds transfers check` as `speed run` does. Built with cc -O3 by the script. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
typedef unsigned __int128 u128;
typedef uint64_t u64;
typedef uint32_t u32;
typedef uint8_t u8;

static double now(void) { struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
static void print128(u128 v) { char b[40]; int i = 39; b[i] = 0; do { b[--i] = '0' + (int)(v % 10); v /= 10; } while (v); fputs(b + i, stdout); }
static void lanes(const u128 *l) { for (int k = 0; k < 8; k++) { if (k) putchar(','); print128(l[k]); } }

static u128 digit(u128 rest, u64 next, u128 d, u128 *left) {
    u64 d1 = d >> 64, d0 = (u64)d; u128 g = (u64)(rest >> 64) >= d1 ? (u128)UINT64_MAX : rest / d1, r = rest - g * d1;
    while (r <= UINT64_MAX && g * d0 > (r << 64 | next)) { g--; r += d1; }
    *left = (rest << 64 | next) - g * d; return g;
}
static int lead(u128 v) { u64 h = v >> 64; return h ? __builtin_clzll(h) : 64 + __builtin_clzll((u64)v); }
static u128 share(u128 p, u128 t, u128 w) {
    if (!p || !t || !w) return 0;
    if (t == w) return p;
    if (p == w) return t;
    u128 pr; if (!__builtin_mul_overflow(p, t, &pr)) return pr / w;
    int s = lead(w); u128 d = w << s; u64 a1 = p >> 64, a0 = (u64)p, b1 = t >> 64, b0 = (u64)t;
    u128 lo = (u128)a0 * b0, m1 = (u128)a1 * b0, m2 = (u128)a0 * b1, m = m1 + m2; u128 c = m < m1; u128 l = lo + (m << 64);
    u128 hi = (u128)a1 * b1 + (m >> 64) + (c << 64) + (l < lo);
    if (s) { hi = hi << s | l >> (128 - s); l <<= s; }
    u128 r; u128 q1 = digit(hi, (u64)(l >> 64), d, &r), q0 = digit(r, (u64)l, d, &r); return q1 << 64 | q0;
}

static u64 n, m; static int64_t *at; static u32 *from, *to; static u128 *amount; static u8 *source, *absorbs;

static void load(const char *path) {
    FILE *f = fopen(path, "rb"); if (!f || fread(&n, 8, 1, f) != 1 || fread(&m, 8, 1, f) != 1) exit(2);
    at = malloc(8 * n); from = malloc(4 * n); to = malloc(4 * n); amount = malloc(16 * n);
    u32 *ids = malloc(4 * m); memset(ids, 0xff, 4 * m); u32 used = 0; u8 row[32];
    for (u64 i = 0; i < n; i++) {
        if (fread(row, 32, 1, f) != 1) exit(2);
        u32 a, b; memcpy(&at[i], row, 8); memcpy(&a, row + 8, 4); memcpy(&b, row + 12, 4); memcpy(&amount[i], row + 16, 16);
        if (ids[a] == UINT32_MAX) ids[a] = used++;
        if (ids[b] == UINT32_MAX) ids[b] = used++;
        from[i] = ids[a]; to[i] = ids[b];
    }
    source = calloc(used, 1); absorbs = calloc(used, 1);
    for (u64 i = 0; i < m; i++) { u8 r[2]; if (fread(r, 2, 1, f) != 1) exit(2); if (ids[i] != UINT32_MAX) { source[ids[i]] = r[0]; absorbs[ids[i]] = r[1]; } }
    m = used; free(ids); fclose(f);
}
static u64 *starts; static u32 *list;
static void csr(const u32 *ends, u64 **s, u32 **l) {
    u64 *st = calloc(m + 1, 8), *nx = malloc(8 * (m + 1)); u32 *li = malloc(4 * n);
    for (u64 i = 0; i < n; i++) st[ends[i] + 1]++;
    for (u64 i = 1; i <= m; i++) st[i] += st[i - 1];
    memcpy(nx, st, 8 * (m + 1)); for (u64 i = 0; i < n; i++) li[nx[ends[i]]++] = (u32)i;
    free(nx); *s = st; *l = li;
}
static void poison(void) {
    double t = now(); u8 *r = calloc(m, 1); u64 sum = 0;
    for (u64 i = 0; i < n; i++) { u32 g = from[i], k = to[i]; u8 l = absorbs[g] ? source[g] : r[g]; if (l && !absorbs[k]) r[k] |= l; sum += __builtin_popcount(l); }
    printf("poison %.4f %lu %lu\n", now() - t, n, sum); free(r);
}
struct held { u128 balance; u8 mask; u128 lane[8]; };
static void haircut(void) {
    double t = now(); struct held *h = calloc(m, sizeof *h); u128 absorbed[8] = {0}, dropped[8] = {0}, kept[8] = {0}, moved[8];
    for (u64 i = 0; i < n; i++) {
        u32 g = from[i], k = to[i]; u128 a = amount[i]; if (g == k) continue; u8 l = 0;
        if (absorbs[g]) { l = source[g]; for (u8 b = l; b; b &= b - 1) moved[__builtin_ctz(b)] = a; }
        else {
            struct held *x = &h[g]; if (x->balance < a) x->balance = a;
            for (u8 b = x->mask; b; b &= b - 1) {
                int z = __builtin_ctz(b); u128 s = share(x->lane[z], a, x->balance); x->lane[z] -= s; if (!x->lane[z]) x->mask &= ~(1 << z);
                if (s >= 1) { moved[z] = s; l |= 1 << z; }
            }
            x->balance -= a;
        }
        if (absorbs[k]) for (u8 b = l; b; b &= b - 1) absorbed[__builtin_ctz(b)] += moved[__builtin_ctz(b)];
        else { struct held *y = &h[k]; y->balance += a; y->mask |= l; for (u8 b = l; b; b &= b - 1) y->lane[__builtin_ctz(b)] += moved[__builtin_ctz(b)]; }
    }
    for (u64 i = 0; i < m; i++) for (int z = 0; z < 8; z++) kept[z] += h[i].lane[z];
    printf("haircut %.4f %lu ", now() - t, n); lanes(absorbed); putchar(';'); lanes(kept); putchar(';'); lanes(dropped); putchar('\n'); free(h);
}
struct parcel { u32 source; u128 amount; };
struct queue { struct parcel *p; u32 first, count, room; };
static void push(struct queue *q, u32 s, u128 a) {
    if (q->count && q->p[(q->first + q->count - 1) & (q->room - 1)].source == s) { q->p[(q->first + q->count - 1) & (q->room - 1)].amount += a; return; }
    if (q->count == q->room) {
        u32 r = q->room ? 2 * q->room : 4; struct parcel *p = malloc(r * sizeof *p);
        for (u32 i = 0; i < q->count; i++) p[i] = q->p[(q->first + i) & (q->room - 1)];
        free(q->p); q->p = p; q->first = 0; q->room = r;
    }
    q->p[(q->first + q->count++) & (q->room - 1)] = (struct parcel){s, a};
}
static void fifo(void) {
    double t = now(); struct queue *q = calloc(m, sizeof *q); u128 absorbed[8] = {0}, kept[8] = {0}; u64 cap = 1 << 16; struct parcel *mv = malloc(cap * sizeof *mv);
    for (u64 i = 0; i < n; i++) {
        u32 g = from[i], k = to[i]; u128 a = amount[i]; u64 c = 0; if (g == k) continue;
        if (absorbs[g]) mv[c++] = (struct parcel){source[g] ? g : UINT32_MAX, a};
        else {
            struct queue *x = &q[g];
            while (a && x->count) {
                struct parcel *f = &x->p[x->first]; u128 b = f->amount < a ? f->amount : a; a -= b;
                if (c == cap) mv = realloc(mv, (cap *= 2) * sizeof *mv);
                mv[c++] = (struct parcel){f->source, b};
                if (b == f->amount) { x->first = (x->first + 1) & (x->room - 1); x->count--; } else f->amount -= b;
            }
            if (a) { if (c == cap) mv = realloc(mv, (cap *= 2) * sizeof *mv); mv[c++] = (struct parcel){UINT32_MAX, a}; }
        }
        if (absorbs[k]) { for (u64 j = 0; j < c; j++) if (mv[j].source != UINT32_MAX) for (u8 b = source[mv[j].source]; b; b &= b - 1) absorbed[__builtin_ctz(b)] += mv[j].amount; }
        else for (u64 j = 0; j < c; j++) push(&q[k], mv[j].source, mv[j].amount);
    }
    for (u64 i = 0; i < m; i++) for (u32 j = 0; j < q[i].count; j++) { struct parcel *f = &q[i].p[(q[i].first + j) & (q[i].room - 1)]; if (f->source != UINT32_MAX) for (u8 b = source[f->source]; b; b &= b - 1) kept[__builtin_ctz(b)] += f->amount; }
    printf("fifo %.4f %lu ", now() - t, n); lanes(absorbed); putchar(';'); lanes(kept); putchar('\n');
}
static void pagerank(void) {
    double t = now(); double *r = calloc(m, 8), *x = calloc(m, 8), *w = calloc(m, 8), *am = malloc(8 * n); r[0] = 1;
    for (u64 i = 0; i < n; i++) am[i] = (double)amount[i];
    for (u64 v = 0; v < m; v++) for (u64 e = starts[v]; e < starts[v + 1]; e++) w[v] += am[list[e]];
    for (int k = 0; k < 20; k++) {
        memset(x, 0, 8 * m); double stuck = 0;
        for (u64 v = 0; v < m; v++) { if (r[v] <= 0) continue; if (w[v] == 0) { stuck += r[v]; continue; } double p = r[v] / w[v]; for (u64 e = starts[v]; e < starts[v + 1]; e++) x[to[list[e]]] += p * am[list[e]]; }
        for (u64 v = 0; v < m; v++) r[v] = 0.85 * x[v]; r[0] += 0.85 * stuck + 0.15;
    }
    double s = 0; for (u64 v = 0; v < m; v++) s += r[v] * r[v];
    printf("pagerank %.4f %lu %.9f\n", now() - t, 20 * n, s);
}
static void reach(void) {
    double t = now(); u8 *seen = calloc(m, 1); u32 *a = malloc(4 * m), *b = malloc(4 * m); u64 na = 0, nb, count;
    for (; na < 16 && na < m; na++) { a[na] = (u32)na; seen[na] = 1; } count = na;
    for (int k = 0; k < 4; k++) { nb = 0; for (u64 i = 0; i < na; i++) for (u64 e = starts[a[i]]; e < starts[a[i] + 1]; e++) { u32 o = to[list[e]]; if (!seen[o]) { seen[o] = 1; b[nb++] = o; } } count += nb; u32 *s = a; a = b; b = s; na = nb; }
    printf("reach %.4f %lu %lu\n", now() - t, n, count);
}
int main(int c, char **v) {
    if (c < 2) return 2;
    load(v[1]); double t = now(); u64 *s2; u32 *l2; csr(from, &starts, &list); csr(to, &s2, &l2);
    printf("csr %.4f %lu %lu\n", now() - t, 2 * n, starts[1] - starts[0] + s2[1] - s2[0]);
    poison(); haircut(); fifo(); pagerank(); reach(); return 0;
}
