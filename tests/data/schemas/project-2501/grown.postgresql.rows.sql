-- SPDX-License-Identifier: GPL-3.0-or-later
-- Rows of a database at 0000_early_schema. They must survive every step up and down.

INSERT INTO personas (id, name, template, mode, loop_frequency, is_active) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d01', 'Mira', 'You are Mira. @greeting', 'reactive', NULL, TRUE),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d02', 'Watcher', 'You watch.', 'autonomous', '5.0', FALSE);
INSERT INTO modules (id, name, content, type, timing, extra_data, is_active) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d11', 'greeting', 'Hello', 'SIMPLE', 'CUSTOM', NULL, TRUE),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d12', 'recent', '', 'ADVANCED', 'BEFORE', '{"a": 1}', TRUE);
INSERT INTO conversations (id, title) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d21', 'First talk'),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d22', 'Second talk');
INSERT INTO messages (conversation_id, role, content, input_tokens) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d21', 'USER', 'Good morning', 3),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d21', 'ASSISTANT', 'Good morning to you', NULL),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d22', 'USER', 'Are you there?', 4);
