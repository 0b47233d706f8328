package config

// Release is the version of this program that its documents, examples and
// schemas name. .ci/version raises it everywhere at once.
const Release = "v0.1.0"

// SchemaID is where the JSON schema of this release is, for editors.
const SchemaID = "https://raw.githubusercontent.com/nested-config/nested-config/" + Release + "/docs/schemas/nested-config.json"
