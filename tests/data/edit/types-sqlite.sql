-- A value of every type.
CREATE TABLE t(id INTEGER PRIMARY KEY, note TEXT, a INTEGER, b REAL, c TEXT COLLATE NOCASE, d BLOB, e NUMERIC, f, g VARCHAR(5), h BOOLEAN, i DATETIME, j JSON);
INSERT INTO t VALUES (1, 'x', 9223372036854775807, 0.1, 'Aé', x'00ff', 1.5, 'text in an untyped column', 'longer than five', 1, '2025-10-21 09:14:00.123456', '{"b": 1.000, "a": 1e400}');
INSERT INTO t VALUES (2, NULL, 'text in an integer column', 12, CAST(x'41fffe00' AS TEXT), 'text in a blob', 9007199254740993, 6, '', 0, 1761038040, NULL);
INSERT INTO t VALUES (3, '', -9223372036854775808, 9e999, 'a' || char(0) || 'b', zeroblob(3), '0012.50x', x'', NULL, 'yes', 1.0, '[1,2,  3]');
INSERT INTO t VALUES (4, 'n', NULL, -0.0, '12', x'', 1e300, 1.0, '1', NULL, '', '');
