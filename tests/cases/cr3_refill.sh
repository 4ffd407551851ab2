#!/bin/sh
# After a CR3 load the TLB is filled again page by page: with a TLB that holds everything,
# what is refilled per switch grows by one entry for each page that a domain touches.
. tests/tap.sh

# refilled PAGES: entries refilled after a flush, in the measured phase of 20 requests.
refilled()
{
    $CROSSBILL record pingpong --structure l3-large --pages "$1" --requests 20 \
        --pattern sequential -o "$dir/$1.xbt" >/dev/null
    $CROSSBILL replay "$dir/$1.xbt" -m i486-50 --set tlb.tlb.entries=1024 \
        --set tlb.tlb.ways=full --set tlb.tlb.replacement=lru |
        awk '$1 == "itlb" || $1 == "dtlb" { n += $(NF - 1) } END { print n }'
}

# 20 requests are 40 switches, two for each, and after each the side that runs comes back to
# its own pages: 40 entries a page.
two=$(refilled 2) four=$(refilled 4) eight=$(refilled 8)
echo "# refilled in 40 switches: $two at 2 pages, $four at 4, $eight at 8"
is "two pages more are 80 entries more" 80 $((four - two))
is "four pages more are 160 entries more" 160 $((eight - four))
finish
