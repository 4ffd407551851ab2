/* claims_size.c - the second strike, concluded: explicit and implicit cost by the size of
 * the domains. */
#include "inquiry.h"

/* Explicit and implicit cycles of a request (a call there and back) at each size, as the
 * ledger has them: credits are taken off, those of the replacement policy too, which
 * belong to no crossing's bill. */
struct growth {
    int64_t explicit_cost[SIZES], implicit[SIZES];
    int64_t work_misses[SIZES], competition[SIZES]; /* per request */
};

static bool ask_growth(struct inquiry *inquiry, const char *machine,
                       struct growth *growth)
{
    for (int i = 0; i < SIZES; i++) {
        struct claim_evidence large;
        if (!ask_pingpong(inquiry, &large, machine, "l3-large", sizes[i]))
            return false;
        growth->explicit_cost[i] = request_group(&large, GROUP_EXPLICIT);
        growth->implicit[i] = request_group(&large, GROUP_IMPLICIT);
        growth->competition[i] = request_group(&large, GROUP_COMPETITION);
        growth->work_misses[i] = request_misses(&large, ACCOUNT_WORK);
    }
    return true;
}

static bool small_domains(struct inquiry *inquiry, const char *machine)
{
    struct claim_evidence small, large;
    if (!ask_pingpong(inquiry, &small, machine, "l3-small", sizes[0]) ||
        !ask_pingpong(inquiry, &large, machine, "l3-large", sizes[0]))
        return false;
    int64_t explicit_cost = request_group(&small, GROUP_EXPLICIT),
            implicit = request_group(&small, GROUP_IMPLICIT);
    found_that(inquiry, explicit_cost > implicit, "%d page: explicit %s, implicit %s",
               sizes[0], N(explicit_cost), N(implicit));
    because(inquiry,
            "Cycles of a request, a call and its reply. With page tables of their own it "
            "would be "
            "%s and %s.",
            N(request_group(&large, GROUP_EXPLICIT)),
            N(request_group(&large, GROUP_IMPLICIT)));
    return true;
}

/* The first size at which implicit is ahead; SIZES: none. */
static int turning_point(const struct growth *growth)
{
    int first = 0;
    while (first < SIZES && growth->implicit[first] <= growth->explicit_cost[first])
        first++;
    return first;
}

/* Ahead from the smallest size on: is it that path and work happen to want the same
 * places of the caches? In fully associative ones nothing does. */
static bool explain_smallest(struct inquiry *inquiry, const char *associative)
{
    struct growth growth;
    if (!ask_growth(inquiry, associative, &growth))
        return false;
    int first = turning_point(&growth);
    if (first > 0 && first < SIZES)
        because(
            inquiry,
            "That is by conflicts of path and work in the caches: were the first level "
            "fully associative, it would turn between %d and %d pages.",
            sizes[first - 1], sizes[first]);
    else
        because(inquiry, "Fully associative first-level caches would not change that.");
    return true;
}

/* Where implicit overtakes, and whether it stays ahead. */
static bool explain_turn(struct inquiry *inquiry, const struct growth *growth,
                         const char *associative)
{
    int first = turning_point(growth), highest = 0;
    for (int i = 1; i < SIZES; i++)
        if (growth->implicit[i] > growth->implicit[highest])
            highest = i;
    if (first == SIZES)
        because(inquiry,
                "Implicit overtakes explicit at no size; it is highest at %d pages, %s "
                "cycles.",
                sizes[highest], N(growth->implicit[highest]));
    else if (first == 0)
        because(inquiry, "Implicit is ahead from %d page on.", sizes[0]);
    else
        because(inquiry, "It turns between %d and %d pages.", sizes[first - 1],
                sizes[first]);
    if (first == 0 && !explain_smallest(inquiry, associative))
        return false;
    if (highest == SIZES - 1 || growth->implicit[SIZES - 1] >= growth->implicit[highest])
        return true;
    because(
        inquiry,
        "From %d pages (%s cycles) it falls again: what large domains miss, they miss "
        "in any structure.",
        sizes[highest], N(growth->implicit[highest]));
    int last[] = {highest, SIZES - 1};
    for (int i = 0; i < 2; i++)
        because(
            inquiry,
            "With %d pages a request has %s cycles of misses that are work, and %s of "
            "competition.",
            sizes[last[i]], N(growth->work_misses[last[i]]),
            N(growth->competition[last[i]]));
    return true;
}

static bool large_domains(struct inquiry *inquiry, const char *machine,
                          const char *associative)
{
    struct growth growth;
    if (!ask_growth(inquiry, machine, &growth))
        return false;
    int last = SIZES - 1;
    found_that(inquiry, growth.implicit[last] > growth.explicit_cost[last],
               "%d pages: explicit %s, implicit %s", sizes[last],
               N(growth.explicit_cost[last]), N(growth.implicit[last]));
    return explain_turn(inquiry, &growth, associative);
}

static bool small_domains_486(struct inquiry *inquiry)
{
    return small_domains(inquiry, THE_486);
}

static bool small_domains_pentium(struct inquiry *inquiry)
{
    return small_domains(inquiry, THE_PENTIUM);
}

static bool large_domains_486(struct inquiry *inquiry)
{
    return large_domains(inquiry, THE_486,
                         THE_486 " cache.l1.ways=full cache.l1.replacement=lru");
}

static bool large_domains_pentium(struct inquiry *inquiry)
{
    return large_domains(inquiry, THE_PENTIUM,
                         THE_PENTIUM " cache.l1i.ways=full cache.l1d.ways=full");
}

const struct claim size_claims[] = {
    {.name = "small-explicit-486",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Between small domains the explicit cost dominates (486)",
     .said_by = "lesson",
     .source = "lecture notes on L3",
     .flag = 'T',
     .figure = "explicit above implicit",
     .measurement = "call and reply between domains of 1 page, l3-small on i486-50",
     .rule = RULE_CONDITION,
     .condition = "explicit above implicit",
     .measure = small_domains_486},
    {.name = "small-explicit-pentium",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Between small domains the explicit cost dominates (Pentium)",
     .said_by = "lesson",
     .source = "lecture notes on L3",
     .flag = 'T',
     .figure = "explicit above implicit",
     .measurement = "call and reply between domains of 1 page, l3-small on pentium-100",
     .rule = RULE_CONDITION,
     .condition = "explicit above implicit",
     .measure = small_domains_pentium},
    {.name = "large-implicit-486",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Between large domains the implicit cost dominates (486)",
     .said_by = "lesson",
     .source = "lecture notes on L3",
     .flag = 'T',
     .figure = "implicit above explicit",
     .measurement = "call and reply between domains of 128 pages, l3-large on i486-50",
     .rule = RULE_CONDITION,
     .condition = "implicit above explicit",
     .measure = large_domains_486},
    {.name = "large-implicit-pentium",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Between large domains the implicit cost dominates (Pentium)",
     .said_by = "lesson",
     .source = "lecture notes on L3",
     .flag = 'T',
     .figure = "implicit above explicit",
     .measurement =
         "call and reply between domains of 128 pages, l3-large on pentium-100",
     .rule = RULE_CONDITION,
     .condition = "implicit above explicit",
     .measure = large_domains_pentium},
};
const size_t size_claim_count = sizeof size_claims / sizeof *size_claims;
