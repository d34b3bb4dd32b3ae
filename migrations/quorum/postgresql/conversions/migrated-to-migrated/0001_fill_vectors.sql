-- Fill the vectors from the arrays
-- Writes embedding_vector where only the array in embedding is filled, so that the HNSW index finds those messages. Arrays of another length than 1536 stay as they are.
-- Going down empties no vector: where they came from is not recorded.
-- count arrays of 1536: SELECT count(*) FROM message_embeddings WHERE array_length(embedding, 1) = 1536 => SELECT count(*) FROM message_embeddings WHERE array_length(embedding, 1) = 1536 AND embedding_vector IS NOT NULL
-- count embeddings: SELECT count(*) FROM message_embeddings => SELECT count(*) FROM message_embeddings

-- migrate:up

UPDATE message_embeddings SET embedding_vector = embedding::real[]::vector(1536)
 WHERE embedding_vector IS NULL AND array_length(embedding, 1) = 1536;

-- migrate:down

