"""Transaction: Insert, Update, Replace and Delete in the bodies of 1.0.0, 1.1.0 and 2.0.0, each answered in kind.

`reading` turns a body into writes, `run` gives them to the layers' editors (layers/editing) in one transaction of the database,
`answers` says what became of them, `repeats` recognises a request that was sent twice.
"""
