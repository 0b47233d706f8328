package config

// Release is the version of this program in its documents, examples and schemas.
// .ci/version changes all of them.
const Release = "v0.1.0"

// SchemaID is where the JSON schema of this release is, for editors.
const SchemaID = "https://raw.githubusercontent.com/nested-config/nested-config/" + Release + "/docs/schemas/nested-config.json"
