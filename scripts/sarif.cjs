// Reads a SARIF log, holds it against the schema of SARIF 2.1.0, and says what it holds.
"use strict";

const { readFileSync } = require("node:fs");
const Ajv = require("ajv-draft-04").default;
const formats = require("ajv-formats").default;

const schema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const log = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
formats(ajv);
const validate = ajv.compile(schema);
if (!validate(log)) {
    for (const error of validate.errors.slice(0, 20)) {
        console.error(`${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
    }
    process.exit(1);
}
const results = log.runs[0].results;
const having = (key) => results.filter((result) => result[key]).length;
if (having("fixes") === 0 || having("suppressions") === 0) {
    console.error("the log has no fixes or no suppressions, which are to be tried too");
    process.exit(1);
}
console.log(`SARIF 2.1.0: ${results.length} results, ${having("fixes")} with fixes, ${having("suppressions")} suppressed`);
