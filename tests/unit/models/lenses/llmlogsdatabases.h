// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace turnstone {

/// The schema of the tool's documentation, as far as it concerns conversations, with two questions: the generation that keeps responses.
inline const QString legacySchema = QStringLiteral(R"(
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
CREATE TABLE schemas (id TEXT PRIMARY KEY, content TEXT);
CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT, response TEXT, response_json TEXT,
  conversation_id TEXT REFERENCES conversations(id), duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT,
  schema_id TEXT REFERENCES schemas(id), resolved_model TEXT);
CREATE VIRTUAL TABLE responses_fts USING FTS5 (prompt, response, content=responses);
CREATE TABLE tools (id INTEGER PRIMARY KEY, hash TEXT, name TEXT, description TEXT, input_schema TEXT, plugin TEXT);
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT REFERENCES responses(id), tool_id INTEGER REFERENCES tools(id), name TEXT, arguments TEXT, tool_call_id TEXT);
INSERT INTO conversations VALUES ('01c', 'Names for birds', 'gpt-4o-mini');
INSERT INTO responses(id, model, prompt, system, options_json, response, conversation_id, duration_ms, datetime_utc, input_tokens, output_tokens) VALUES
 ('01r1', 'gpt-4o-mini', 'A name for a pelican?', 'Be brief.', '{}', '**Percy**.', '01c', 812, '2025-03-01T10:00:00.123456+00:00', 12, 4),
 ('01r2', 'gpt-4o-mini', 'And for a walrus?', NULL, '{}', 'Wallace.', '01c', 640, '2025-03-01T10:00:09.000000+00:00', 30, 3);
)");

/// The generation that keeps messages in a chain, to stand beside the other one.
inline const QString storeSchema = QStringLiteral(R"(
CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT REFERENCES messages(hash), role TEXT, provider_metadata TEXT);
CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT REFERENCES messages(hash), position INTEGER, type TEXT, tool_name TEXT, text TEXT, payload TEXT);
CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT REFERENCES messages(hash), forked_from TEXT REFERENCES threads(id), datetime_utc TEXT);
CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT REFERENCES threads(id), parent_message_hash TEXT REFERENCES messages(hash), tip_message_hash TEXT REFERENCES messages(hash),
  model TEXT, resolved_model TEXT, options_json TEXT, schema_id TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, duration_ms INTEGER, datetime_utc TEXT, response_json TEXT);
INSERT INTO messages VALUES ('b2:1', NULL, 'user', NULL), ('b2:2', 'b2:1', 'assistant', NULL), ('b2:3', 'b2:2', 'user', NULL), ('b2:4', 'b2:3', 'assistant', NULL), ('b2:5', 'b2:2', 'user', NULL);
INSERT INTO parts(message_hash, position, type, text) VALUES ('b2:4', 1, 'text', 'Wallace it is.'), ('b2:4', 0, 'reasoning', 'Walrus, W.'), ('b2:3', 0, 'text', 'And for a walrus?'),
 ('b2:2', 0, 'text', 'Percy.'), ('b2:1', 0, 'text', 'A name for a pelican?'), ('b2:5', 0, 'text', 'Another branch');
INSERT INTO threads VALUES ('01t', 'Names', 'b2:4', NULL, '2026-03-01T10:00:00+00:00'), ('01u', 'Fork', 'b2:5', '01t', '2026-03-02T10:00:00+00:00');
INSERT INTO turns(id, thread_id, parent_message_hash, tip_message_hash, model, input_tokens, output_tokens, duration_ms, datetime_utc) VALUES
 ('01x', '01t', 'b2:1', 'b2:2', 'scripted', 10, 2, 500, '2026-03-01T10:00:00+00:00'), ('01y', '01t', 'b2:3', 'b2:4', 'scripted', 20, 5, 700, '2026-03-01T10:00:09+00:00');
)");

} // namespace turnstone
