# footprint.awk - what `crossbill dump` prints of a trace, summed up over its measured
# requests. One line each, "key value":
#
#   work.DOMAIN     instructions of work per domain, over all requests
#   requests        how many there were
#   excursions      from a crossing in to the next crossing out
#   most.NAME       the most of any excursion: instructions (with the trapping one), lines
#                   (distinct, of 16 bytes, of code and data), pages
#   path            instructions that are not work, per request
#   path_lines, path_pages  distinct ones of all requests together
function hex(text,    i, value) {
    value = 0
    for (i = 3; i <= length(text); i++)
        value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return value
}
function role_of(address,    i, best) {
    best = 0
    for (i = 1; i <= regions; i++)
        if (base[i] <= address && address < limit[i] &&
            (!best || limit[i] - base[i] < limit[best] - base[best]))
            best = i
    return best
}
function most(name, value) {
    if (value > maximum[name])
        maximum[name] = value
}
function touch(address) {
    line = substr(address, 1, length(address) - 1)
    page = substr(address, 1, length(address) - 3)
    if (inside) {
        if (!((excursions, line) in lines)) { lines[excursions, line]; line_count++ }
        if (!((excursions, page) in pages)) { pages[excursions, page]; page_count++ }
    }
    if (role[code] != "work") {
        if (!(line in path_line)) { path_line[line]; path_lines++ }
        if (!(page in path_page)) { path_page[page]; path_pages++ }
    }
}
$1 == "region" {
    regions++
    role_at[regions] = $2
    owner[regions] = $3
    base[regions] = hex($4)
    limit[regions] = hex($5)
}
$1 == "domain" { name[$2] = $NF }
$1 == "code" {
    best = role_of(hex($4))
    role[$2] = best ? role_at[best] : "work"
    whose[$2] = best ? owner[best] : 0
    rest[$2] = $5 == "-" # the part of an instruction that lies on the next page
}
$1 == "phase" { measured = $NF == "measured" }
$1 == "request_begin" { requesting = measured }
$1 == "request_end" { requests += requesting; requesting = 0 }
!requesting { next }
$1 == "fetch" {
    code = $9
    if (!rest[code]) {
        count++
        if (role[code] == "work")
            work[whose[code]]++
        else
            path++
    }
    touch($3)
}
$1 == "load" || $1 == "store" { touch($3) }
$1 == "crossing_in" {
    inside = 1
    excursions++
    line_count = page_count = 0
    start = count - 1 # the trapping instruction has been counted
}
$1 == "crossing_out" {
    inside = 0
    most("instructions", count - start)
    most("lines", line_count)
    most("pages", page_count)
}
END {
    print "requests", requests + 0
    print "excursions", excursions + 0
    print "path", requests ? int(path / requests) : 0
    print "path_lines", path_lines + 0
    print "path_pages", path_pages + 0
    for (domain in work)
        print "work." name[domain], work[domain]
    for (kind in maximum)
        print "most." kind, maximum[kind]
}
