#!/bin/sh
# Names in a trace are whatever its maker likes: in no output do they reach the terminal as
# more than characters, or a spreadsheet as a formula.
. tests/tap.sh

# A trace whose scenario, structure and domain are hostile.
evil='=1+1\\\\u001b[2J\\\\u009b2J</script>'
cat >"$dir/evil.json" <<'END'
{"schema_version": 1, "scenario": "two", "requests": 6, "warm_up_requests": 1,
 "domains": [
  {"name": "kernel", "kind": "kernel", "instructions": 9, "accesses": 2, "pages": 1},
  {"name": "client", "kind": "large", "instructions": 20, "accesses": 9, "pages": 3},
  {"name": "server", "kind": "large", "instructions": 20, "accesses": 9, "pages": 3}],
 "pattern": ["client", "server", "client"]}
END
$CROSSBILL synth "$dir/evil.json" -o "$dir/plain.xbt" >/dev/null
$CROSSBILL dump "$dir/plain.xbt" |
    sed -e "2s!\"scenario\":\"two\",\"structure\":\"\"!\"scenario\":\"$evil\",\"structure\":\"$evil\"!" \
        -e 's/^\(domain 1 .* \)client$/\1=1\\x1b[2J\\x9b\\x0a/' >"$dir/evil.txt"
trace=$(printf '%s/\033[2J.xbt' "$dir")
$CROSSBILL import text "$dir/evil.txt" -o "$trace" >"$dir/import.out"
is "such a trace can be made" 0 $?
$CROSSBILL replay -q -m tiny --report "$dir/r.db" "$trace"

# bad FILE: how many lines have control characters, as bytes or as UTF-8; CSV's lines end
# with one.
bad()
{
    sed 's/\r$//' "$1" |
        LC_ALL=C grep -ac "$(printf '[\001-\010\013-\037\177]\|\302[\200-\237]')"
}
# clean WHAT COMMAND...: neither output has any.
clean()
{
    tap_name=$1
    shift
    "$@" >"$dir/out" 2>"$dir/err"
    is "$tap_name: output" 0 "$(bad "$dir/out")"
    is "$tap_name: errors" 0 "$(bad "$dir/err")"
}
is "import" 0 "$(bad "$dir/import.out")"
clean "info" $CROSSBILL info "$trace"
clean "info --json" $CROSSBILL info --json "$trace"
clean "check" $CROSSBILL check "$trace"
clean "dump" $CROSSBILL dump "$trace"
clean "replay" $CROSSBILL replay "$trace" -m tiny
clean "replay --json" $CROSSBILL replay "$trace" -m tiny --json
clean "explain" $CROSSBILL explain "$trace" -m tiny
clean "predict" $CROSSBILL predict "$trace" -m tiny --pages 1,2
clean "footprint" $CROSSBILL footprint "$trace"
clean "footprint --json" $CROSSBILL footprint --json "$trace"
clean "diff" $CROSSBILL diff "$trace" "$dir/plain.xbt" -m tiny
clean "sweep" $CROSSBILL sweep "$trace" "$dir/plain.xbt" -m tiny -v memory.latency=1,2
clean "sweep --json" $CROSSBILL sweep "$trace" -m tiny -v memory.latency=1,2 --json
clean "sweep --csv" $CROSSBILL sweep "$trace" -m tiny -v memory.latency=1,2 --csv
is "sweep --csv: no cell starts a formula" 0 "$(grep -c '[,"]=' "$dir/out")"
for format in summary html md csv json folded; do
    clean "report $format" $CROSSBILL report "$dir/r.db" --format $format
done
clean "report csv" $CROSSBILL report "$dir/r.db" --table domains --format csv
is "report csv: no cell starts a formula" 0 "$(grep -c '^=\|[,"]=' "$dir/out")"
$CROSSBILL report "$dir/r.db" -o "$dir/r.html"
is "report html: no script ends early" "$(grep -o '<script' "$dir/r.html" | wc -l)" \
    "$(grep -o '</script>' "$dir/r.html" | wc -l)"
mkdir "$dir/charts"
clean "chart --all" $CROSSBILL chart "$dir/r.db" --all "$dir/charts"
is "chart --all: names of files are plain" 0 "$(ls "$dir/charts" | grep -c '[^A-Za-z0-9._+-]')"
clean "export perfetto" $CROSSBILL export perfetto "$trace"
clean "a file that is not there" $CROSSBILL info "$trace.gone"
clean "an unknown verb" $CROSSBILL "$trace"
clean "an unknown machine" $CROSSBILL replay "$trace" -m "$trace"
clean "an unknown option" $CROSSBILL info "--$trace"
clean "a number that is none" $CROSSBILL dump --from "$trace" "$trace"
finish
