/* What both tools of Valgrind watch: sorts, and walks a list of nodes that are no whole
 * number of lines long, so that many an access straddles two. */
#include <stdio.h>
#include <stdlib.h>

static int numbers[3000];
static struct node {
    struct node *next;
    double value;
    char rest[37];
} __attribute__((packed)) nodes[700];

static int rising(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

int main(void)
{
    unsigned seed = 1;
    for (int i = 0; i < 3000; i++)
        numbers[i] = (int)((seed = seed * 1103515245u + 12345u) >> 8);
    qsort(numbers, 3000, sizeof numbers[0], rising);
    for (int i = 0; i < 700; i++) {
        nodes[i].next = &nodes[(i * 331 + 7) % 700];
        nodes[i].value = i;
    }
    double sum = 0;
    struct node *at = nodes;
    for (int i = 0; i < 2000; i++) {
        sum += at->value++;
        at = at->next;
    }
    printf("%d %f\n", numbers[1500], sum);
    return 0;
}
