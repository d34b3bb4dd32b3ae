-- SPDX-License-Identifier: GPL-3.0-or-later
-- Rows of a database at 0000_initial. They must survive every step up and down.

INSERT INTO personas (id, name, template) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d01', 'Mira', 'You are Mira. @greeting');
INSERT INTO modules (id, name, content, type, trigger_pattern, script) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d11', 'greeting', 'Hello', 'SIMPLE', '', NULL),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d12', 'recent', '', 'ADVANCED', '*', 'history = ctx.get_recent_messages(5)');
INSERT INTO conversations (id, title, provider_config) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d21', 'First talk', '{"model": "small"}'),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d22', 'Second talk', NULL);
INSERT INTO messages (conversation_id, role, content, input_tokens) VALUES
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d21', 'USER', 'Good morning', 3),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d21', 'ASSISTANT', 'Good morning to you', NULL),
  ('0d7c8f0a-8a44-4b6e-9d54-1f2a3b4c5d22', 'USER', 'Are you there?', 4),
  (NULL, 'SYSTEM', 'A message without a conversation', NULL);
