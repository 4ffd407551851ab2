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
})();
