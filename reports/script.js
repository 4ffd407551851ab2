"use strict";
/* Everything is on the page without this; it only chooses what to show. */
(function () {
    var tools = document.getElementById("tools");
    var choice = document.getElementById("machine");
    if (tools && choice) {
        tools.hidden = false;
        choice.addEventListener("change", function () {
            document.querySelectorAll("[data-machine]").forEach(function (part) {
                part.hidden = choice.value !== "" && part.dataset.machine !== choice.value;
            });
        });
    }
    var unfold = document.getElementById("unfold");
    if (unfold)
        unfold.addEventListener("click", function () {
            var all = document.querySelectorAll("details");
            var open = Array.prototype.some.call(all, function (one) {
                return !one.open;
            });
            all.forEach(function (one) {
                one.open = open;
            });
            unfold.textContent = open ? "Fold all tables" : "Unfold all tables";
        });

    /* ---- sweeps: a control for each axis, a bar for each recording ---- */

    var data = document.getElementById("sweep-data");
    var explorer = document.getElementById("explorer");
    var kinds = ["work", "competition", "explicit", "implicit"];

    function add(parent, name, text, className) {
        var element = document.createElement(name);
        if (text !== undefined) element.textContent = text;
        if (className) element.className = className;
        parent.appendChild(element);
        return element;
    }

    function numeric(axis) {
        return axis.values.every(function (value) {
            return /^-?[0-9.]+$/.test(value);
        });
    }

    /* A slider for numbers, a selector for anything else; both hold a position. */
    function control(parent, axis, changed) {
        var label = add(parent, "label", axis.path + " ");
        var input;
        if (numeric(axis)) {
            input = add(label, "input");
            input.type = "range";
            input.min = 0;
            input.max = axis.values.length - 1;
            input.value = 0;
            var shown = add(label, "output", axis.values[0]);
            input.setAttribute("aria-valuetext", axis.values[0]);
            input.addEventListener("input", function () {
                shown.textContent = axis.values[input.value];
                input.setAttribute("aria-valuetext", axis.values[input.value]);
                changed();
            });
        } else {
            input = add(label, "select");
            axis.values.forEach(function (value, position) {
                add(input, "option", value).value = position;
            });
            input.addEventListener("change", changed);
        }
        return input;
    }

    /* What the boundary and competition come to; work would drown them. */
    function beyondWork(point) {
        return point[1] + point[2] + point[3];
    }

    function largest(family) {
        var most = 0;
        family.series.forEach(function (series) {
            series.points.forEach(function (point) {
                if (point) most = Math.max(most, beyondWork(point));
            });
        });
        return most || 1;
    }

    function number(value) {
        return value.toFixed(1).replace(/\B(?=(\d{3})+(?!\d)\.)/g, "\u202f");
    }

    function showRow(row, point, most) {
        row.textContent = "";
        if (!point) {
            add(row, "span", "no such machine", "none");
            return;
        }
        var bar = add(row, "span", undefined, "bar");
        kinds.slice(1).forEach(function (kind, i) {
            var part = add(bar, "span", undefined, kind);
            part.style.width = Math.max(0, (100 * point[i + 1]) / most) + "%";
            part.title = kind + ": " + number(point[i + 1]) + " cycles";
        });
        add(row, "span",
            kinds.slice(1).map(function (kind, i) {
                return kind + " " + number(point[i + 1]);
            }).join(", ") + "; with work " +
            number(point[0] + beyondWork(point)) + " cycles", "values");
    }

    function show(family) {
        var panel = add(explorer, "div", undefined, "family");
        panel.dataset.machine = family.machine;
        add(panel, "p", family.scenario + " on " + family.machine, "source");
        var tools = add(panel, "div", undefined, "tools");
        var most = largest(family);
        var inputs;
        var rows = [];
        function update() {
            var point = 0;
            family.axes.forEach(function (axis, i) {
                point = point * axis.values.length + Number(inputs[i].value);
            });
            family.series.forEach(function (series, i) {
                showRow(rows[i], series.points[point], most);
            });
        }
        inputs = family.axes.map(function (axis) {
            return control(tools, axis, update);
        });
        var list = add(panel, "dl");
        list.setAttribute("aria-live", "polite");
        family.series.forEach(function (series) {
            add(list, "dt", series.name);
            rows.push(add(list, "dd"));
        });
        update();
    }

    function addKey() {
        var key = add(explorer, "p", undefined, "key");
        kinds.slice(1).forEach(function (kind) {
            add(key, "span", undefined, "swatch " + kind);
            add(key, "span", kind);
        });
    }

    if (data && explorer) {
        addKey();
        JSON.parse(data.textContent).forEach(show);
        explorer.hidden = false;
    }
})();
