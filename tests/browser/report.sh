#!/bin/sh
# report.sh: open the report pages named in $PAGES in headless Chromium and look at them as
# a reader does. Needs chromium, chromedriver, curl and jq. Speaks TAP.
#
# ChromeDriver speaks WebDriver (https://www.w3.org/TR/webdriver2/) over HTTP.
work=$(mktemp -d) || exit 1
number=0
port=$((20000 + $$ % 20000))
base=http://127.0.0.1:$port
chromedriver --port=$port --log-level=OFF >"$work/driver.log" 2>&1 &
driver=$!
trap 'kill $driver 2>/dev/null; wait $driver 2>/dev/null; rm -rf "$work"' EXIT

# result CONDITION NAME: one line of TAP; the condition is the text "true".
result() {
    number=$((number + 1))
    if [ "$1" = true ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        echo "# got: $1"
    fi
}

send() { # METHOD PATH BODY
    curl -s --noproxy '*' -X "$1" -H 'Content-Type: application/json' \
        ${3:+--data-binary "$3"} "$base$2"
}

# open_session WIDTH HEIGHT DIRECTORY: sets $session.
open_session() {
    flags='"--headless","--no-sandbox","--disable-gpu","--disable-quic","--no-first-run",
        "--disable-background-networking","--disable-component-update","--disable-sync",
        "--user-data-dir='$3'"'
    session=$(send POST /session '{"capabilities":{"alwaysMatch":{
        "goog:loggingPrefs":{"browser":"ALL","performance":"ALL"},
        "goog:chromeOptions":{"args":['"$flags"'],
        "mobileEmulation":{"deviceMetrics":{"width":'$1',"height":'$2',
        "pixelRatio":1,"touch":false}}}}}}' | jq -r .value.sessionId)
    [ "$session" != null ] && [ -n "$session" ]
}

close_session() { send DELETE "/session/$session" >"$work/closed"; }

# run SCRIPT: what the script, run in the page, returns.
run() {
    jq -n --arg script "$1" '{script: $script, args: []}' >"$work/body"
    curl -s --noproxy '*' -X POST -H 'Content-Type: application/json' \
        --data-binary "@$work/body" "$base/session/$session/execute/sync" |
        jq -r 'if .value | type == "object" then .value.message else .value end'
}

visit() { # FILE
    jq -n --arg url "file://$1" '{url: $url}' >"$work/body"
    curl -s --noproxy '*' -X POST -H 'Content-Type: application/json' \
        --data-binary "@$work/body" "$base/session/$session/url" >"$work/visited"
}

# ---- what must hold of any report page ----

check_page() { # FILE NAME
    open_session 1200 900 "$work/profile-$number" || { result "no session" "$2 opens"; return; }
    visit "$1"
    result "$(run 'return document.title === "What crossing the border costs"')" \
        "$2: its title is its own"
    result "$(run 'return Array.from(document.querySelectorAll("figure svg")).every(
        svg => svg.getAttribute("role") === "img" &&
               svg.getAttribute("aria-label").length > 10)')" \
        "$2: every chart has a title for those who do not see it"
    result "$(run 'return document.querySelectorAll("figure").length > 3 &&
        Array.from(document.querySelectorAll("figure")).every(figure =>
            figure.querySelectorAll(".wide .mark-area title").length > 0 &&
            figure.querySelectorAll("figcaption tbody tr").length > 0)')" \
        "$2: every chart has values on hover and a table of them"
    result "$(run 'const title = document.querySelector(".wide .mark-area title");
        return /: .*[0-9]/.test(title.textContent)')" "$2: a value reads as name: number"
    result "$(run 'return document.documentElement.scrollWidth <= innerWidth')" \
        "$2: 1200 pixels do not scroll sideways"
    result "$(run 'return performance.getEntriesByType("resource").length === 0')" \
        "$2: it loads nothing besides itself"
    requests=$(send POST "/session/$session/se/log" '{"type":"performance"}' |
        jq -r '.value[].message' | jq -r 'select(.message.method ==
            "Network.requestWillBeSent") | .message.params.request.url' |
        grep -v '^file://\|^data:\|^chrome' | sort -u)
    result "${requests:-true}" "$2: no request leaves the page"
    console=$(send POST "/session/$session/se/log" '{"type":"browser"}' |
        jq -r '.value[] | select(.level == "SEVERE" or .level == "WARNING") | .message')
    result "${console:-true}" "$2: the console is empty"
    check_keyboard "$2"
    check_machines "$2"
    check_colours "$2"
    close_session
    check_print "$1" "$2"
    check_phone "$1" "$2"
}

check_keyboard() { # NAME
    send POST "/session/$session/actions" '{"actions":[{"type":"key","id":"k","actions":[
        {"type":"keyDown","value":"\uE004"},{"type":"keyUp","value":"\uE004"}]}]}' \
        >"$work/pressed"
    result "$(run 'return document.activeElement.className === "skip"')" \
        "$1: the first key press leads to the summary"
    result "$(run 'return Array.from(document.querySelectorAll("nav a")).every(
        link => document.querySelector(link.getAttribute("href")) !== null)')" \
        "$1: every link of the contents leads somewhere"
}

check_machines() { # NAME
    result "$(run 'const choice = document.getElementById("machine");
        const last = choice.options[choice.options.length - 1].value;
        choice.value = last;
        choice.dispatchEvent(new Event("change"));
        const parts = Array.from(document.querySelectorAll("[data-machine]"));
        const right = parts.length > 0 && parts.every(
            part => (part.offsetParent === null || part.dataset.machine === last));
        const shown = parts.some(part => part.dataset.machine === last && !part.hidden);
        choice.value = "";
        choice.dispatchEvent(new Event("change"));
        return right && shown && parts.every(part => !part.hidden)')" \
        "$1: choosing a machine hides the others, and they come back"
    result "$(run 'const button = document.getElementById("unfold");
        button.click();
        return Array.from(document.querySelectorAll("details")).every(d => d.open)')" \
        "$1: one button unfolds all tables"
}

check_colours() { # NAME
    light=$(run 'return getComputedStyle(document.body).backgroundColor')
    send POST "/session/$session/goog/cdp/execute" '{"cmd":"Emulation.setEmulatedMedia",
        "params":{"features":[{"name":"prefers-color-scheme","value":"dark"}]}}' \
        >"$work/dark"
    dark=$(run 'return getComputedStyle(document.body).backgroundColor')
    [ "$light" != "$dark" ] && different=true || different="$light and $dark"
    result "$different" "$1: dark mode is dark"
}

# By Chromium alone: ChromeDriver gives up after ten seconds, which a busy machine may need.
check_print() { # FILE NAME
    timeout 300 chromium --headless --no-sandbox --disable-gpu \
        --user-data-dir="$work/printer-$number" --print-to-pdf="$work/print.pdf" \
        "file://$1" >"$work/printed" 2>&1
    [ "$(head -c 5 "$work/print.pdf")" = "%PDF-" ] && printed=true || printed="no PDF"
    result "$printed" "$2: it prints"
    rm -f "$work/print.pdf"
}

check_phone() { # FILE NAME
    open_session 400 800 "$work/phone-$number" || { result "no session" "$2 opens"; return; }
    visit "$1"
    result "$(run 'return innerWidth === 400 &&
        document.documentElement.scrollWidth <= 400')" \
        "$2: 400 pixels do not scroll sideways"
    result "$(run 'return Array.from(document.querySelectorAll("figure")).every(figure =>
        figure.querySelector(".narrow svg").getBoundingClientRect().width > 300 &&
        figure.querySelector(".wide").offsetParent === null)')" \
        "$2: a phone gets the charts drawn for it"
    close_session
}

# ---- what the sample has besides ----

check_sample() { # FILE
    open_session 1200 900 "$work/sample" || { result "no session" "sample opens"; return; }
    visit "$1"
    result "$(run 'return document.querySelector("img") === null &&
        document.querySelectorAll("script").length === 2')" "sample: names inject nothing"
    result "$(run 'const explorer = document.getElementById("explorer");
        return !explorer.hidden &&
            explorer.querySelectorAll("input[type=range]").length === 1 &&
            explorer.querySelectorAll("select").length === 1')" \
        "sample: a slider for numbers, a selector for words"
    shown=$(run 'const slider = document.querySelector("#explorer input");
        const choice = document.querySelector("#explorer select");
        const values = () => document.querySelector("#explorer .values").textContent;
        const before = values();
        slider.value = 2;
        slider.dispatchEvent(new Event("input"));
        choice.value = 1;
        choice.dispatchEvent(new Event("change"));
        return [before, slider.parentNode.querySelector("output").textContent,
                values()].join("|").replace(/\u202f/g, "")')
    # The last point of the grid refills five entries a crossing: 2 * 5 * 9 cycles.
    expected="competition 0.0, explicit 360.0, implicit 0.0; with work 1360.0 cycles|64|"
    expected="${expected}competition 0.0, explicit 360.0, implicit 90.0; with work 1450.0 cycles"
    [ "$shown" = "$expected" ] && shown=true
    result "$shown" "sample: the controls change what is shown"
    close_session
}

tries=0
until curl -s --noproxy '*' "$base/status" | grep -q '"ready":true'; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "not ok 1 - chromedriver starts"; exit 1; }
    sleep 0.1
done
for page in $PAGES; do
    full=$(readlink -f "$page")
    check_page "$full" "$(basename "$page" .html)"
    case $page in */sample.html) check_sample "$full" ;; esac
done
echo "1..$number"
