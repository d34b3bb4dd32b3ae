-- Conversation quality tables as the application's classes declare them
-- Makes the seven tables without defaults, one embedding column of type vector, 22 idx_ indexes and the 11 ix_ indexes beside them; there is no Alembic table.
-- Needs the extension vector (pgvector). Going down removes everything but the extension, which other schemas may use.

-- migrate:up

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TYPE contradictionseverity AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
CREATE TYPE interventionstatus AS ENUM ('NONE', 'REQUIRED', 'IN_PROGRESS', 'RESOLVED');

CREATE TABLE conversations (
  id varchar(36) NOT NULL PRIMARY KEY,
  user_id varchar(255),
  title varchar(500) NOT NULL,
  topic text,
  current_health_score double precision NOT NULL
    CONSTRAINT check_health_score_range CHECK (current_health_score >= 0 AND current_health_score <= 100),
  has_contradictions boolean NOT NULL,
  has_loops boolean NOT NULL,
  requires_intervention boolean NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL
);
CREATE INDEX idx_conversations_user_created ON conversations (user_id, created_at);
CREATE INDEX idx_conversations_health ON conversations (current_health_score);
CREATE INDEX idx_conversations_intervention ON conversations (requires_intervention);
CREATE INDEX ix_conversations_user_id ON conversations (user_id);

CREATE TABLE messages (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  agent_name varchar(255) NOT NULL,
  agent_model varchar(255),
  role varchar(50) NOT NULL,
  content text NOT NULL,
  sequence_number integer NOT NULL,
  round_number integer,
  turn_index integer,
  health_score double precision NOT NULL
    CONSTRAINT check_message_health_score_range CHECK (health_score >= 0 AND health_score <= 100),
  coherence_score double precision
    CONSTRAINT check_coherence_score_range CHECK (coherence_score IS NULL OR (coherence_score >= 0 AND coherence_score <= 100)),
  relevance_score double precision
    CONSTRAINT check_relevance_score_range CHECK (relevance_score IS NULL OR (relevance_score >= 0 AND relevance_score <= 100)),
  has_citations boolean NOT NULL,
  citations_verified boolean NOT NULL,
  tokens_used integer,
  response_time_ms double precision,
  message_metadata json,
  created_at timestamp NOT NULL
);
CREATE INDEX idx_messages_conversation_sequence ON messages (conversation_id, sequence_number);
CREATE INDEX idx_messages_agent ON messages (agent_name);
CREATE INDEX idx_messages_health ON messages (health_score);
CREATE INDEX idx_messages_created ON messages (created_at);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);
CREATE INDEX ix_messages_agent_name ON messages (agent_name);

CREATE TABLE message_embeddings (
  id varchar(36) NOT NULL PRIMARY KEY,
  message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  embedding vector(1536),
  embedding_model varchar(255) NOT NULL,
  embedding_version varchar(50),
  embedded_text text,
  created_at timestamp NOT NULL
);
CREATE INDEX idx_embeddings_message ON message_embeddings (message_id);
CREATE INDEX idx_embeddings_model ON message_embeddings (embedding_model);
CREATE INDEX ix_message_embeddings_message_id ON message_embeddings (message_id);

CREATE TABLE conversation_quality (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  health_score double precision NOT NULL
    CONSTRAINT check_quality_health_score_range CHECK (health_score >= 0 AND health_score <= 100),
  coherence_score double precision NOT NULL
    CONSTRAINT check_quality_coherence_score_range CHECK (coherence_score >= 0 AND coherence_score <= 100),
  contradiction_score double precision NOT NULL
    CONSTRAINT check_quality_contradiction_score_range CHECK (contradiction_score >= 0 AND contradiction_score <= 100),
  loop_score double precision NOT NULL
    CONSTRAINT check_quality_loop_score_range CHECK (loop_score >= 0 AND loop_score <= 100),
  citation_score double precision NOT NULL
    CONSTRAINT check_quality_citation_score_range CHECK (citation_score >= 0 AND citation_score <= 100),
  message_count integer NOT NULL,
  contradiction_count integer NOT NULL,
  loop_count integer NOT NULL,
  analysis_metadata json,
  created_at timestamp NOT NULL
);
CREATE INDEX idx_quality_conversation_created ON conversation_quality (conversation_id, created_at);
CREATE INDEX idx_quality_health ON conversation_quality (health_score);
CREATE INDEX ix_conversation_quality_conversation_id ON conversation_quality (conversation_id);

CREATE TABLE contradictions (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  message_1_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  message_2_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  severity contradictionseverity NOT NULL,
  confidence double precision NOT NULL
    CONSTRAINT check_contradiction_confidence_range CHECK (confidence >= 0 AND confidence <= 1),
  semantic_similarity double precision NOT NULL
    CONSTRAINT check_semantic_similarity_range CHECK (semantic_similarity >= 0 AND semantic_similarity <= 1),
  statement_1 text NOT NULL,
  statement_2 text NOT NULL,
  explanation text,
  resolution_suggestion text,
  acknowledged boolean NOT NULL,
  resolved boolean NOT NULL,
  detection_metadata json,
  detected_at timestamp NOT NULL,
  resolved_at timestamp,
  CONSTRAINT check_different_messages CHECK (message_1_id != message_2_id)
);
CREATE INDEX idx_contradictions_conversation ON contradictions (conversation_id);
CREATE INDEX idx_contradictions_severity ON contradictions (severity);
CREATE INDEX idx_contradictions_resolved ON contradictions (resolved);
CREATE INDEX idx_contradictions_messages ON contradictions (message_1_id, message_2_id);
CREATE INDEX ix_contradictions_conversation_id ON contradictions (conversation_id);
CREATE INDEX ix_contradictions_severity ON contradictions (severity);

CREATE TABLE conversation_loops (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  pattern_hash varchar(64) NOT NULL,
  pattern_description text,
  loop_size integer NOT NULL
    CONSTRAINT check_loop_size_minimum CHECK (loop_size >= 2),
  repetition_count integer NOT NULL
    CONSTRAINT check_repetition_count_minimum CHECK (repetition_count >= 2),
  first_occurrence_message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  last_occurrence_message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  intervention_status interventionstatus NOT NULL,
  intervention_message text,
  detection_metadata json,
  detected_at timestamp NOT NULL,
  resolved_at timestamp
);
CREATE INDEX idx_loops_conversation ON conversation_loops (conversation_id);
CREATE INDEX idx_loops_pattern ON conversation_loops (pattern_hash);
CREATE INDEX idx_loops_intervention ON conversation_loops (intervention_status);
CREATE INDEX idx_loops_detected ON conversation_loops (detected_at);
CREATE INDEX ix_conversation_loops_conversation_id ON conversation_loops (conversation_id);
CREATE INDEX ix_conversation_loops_pattern_hash ON conversation_loops (pattern_hash);
CREATE INDEX ix_conversation_loops_intervention_status ON conversation_loops (intervention_status);

CREATE TABLE message_citations (
  id varchar(36) NOT NULL PRIMARY KEY,
  message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  citation_text text NOT NULL,
  source_url varchar(2048),
  source_title varchar(500),
  source_type varchar(50),
  start_position integer,
  end_position integer,
  verified boolean NOT NULL,
  verification_method varchar(100),
  verification_confidence double precision
    CONSTRAINT check_verification_confidence_range CHECK (verification_confidence IS NULL OR (verification_confidence >= 0 AND verification_confidence <= 1)),
  source_quality_score double precision
    CONSTRAINT check_source_quality_range CHECK (source_quality_score IS NULL OR (source_quality_score >= 0 AND source_quality_score <= 100)),
  relevance_score double precision
    CONSTRAINT check_citation_relevance_range CHECK (relevance_score IS NULL OR (relevance_score >= 0 AND relevance_score <= 100)),
  message_metadata json,
  created_at timestamp NOT NULL,
  verified_at timestamp
);
CREATE INDEX idx_citations_message ON message_citations (message_id);
CREATE INDEX idx_citations_verified ON message_citations (verified);
CREATE INDEX idx_citations_source_type ON message_citations (source_type);
CREATE INDEX ix_message_citations_message_id ON message_citations (message_id);

-- migrate:down

DROP TABLE message_citations;
DROP TABLE conversation_loops;
DROP TABLE contradictions;
DROP TABLE conversation_quality;
DROP TABLE message_embeddings;
DROP TABLE messages;
DROP TABLE conversations;
DROP TYPE interventionstatus;
DROP TYPE contradictionseverity;
