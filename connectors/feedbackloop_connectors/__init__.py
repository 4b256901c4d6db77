"""Which connectors come with feedbackloop, and what do they share?

One folder a source system; in each, `connector` names what the core calls, `options` what may stand in the config, `items` how a
record becomes an item, `pulling`, `finding` and `writing` what their names say. What several share stands beside them:

    desk         ticket desks behind JSON over HTTP
    desk_since   those of them that can be asked what changed since a time
    rows         lists whose every row is one piece of feedback: reviews, replies to surveys
    described    what a config says of a system that no connector knows by name
    cursors      how a place in a source is remembered
    door         calls with a login that does not last
    marks        idempotency keys in texts
    signatures   whether a webhook is genuine
"""
