-- A value of every type.
CREATE TYPE mood AS ENUM ('good', 'it''s bad');
CREATE DOMAIN yesno AS boolean;
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE t(id integer PRIMARY KEY, note text, a smallint, b bigint, c numeric, d numeric(38,19), e real, f double precision, g money, h varchar(9), i char(5),
 j bytea, k timestamp, l timestamptz, m date, n time, o timetz, p interval, q boolean, r mood, s point, u cidr, v inet, w macaddr, x bit(3), y varbit, z tsvector,
 aa uuid, ab xml, ac json, ad jsonb, ae integer[], af text[], ag int4range, ah yesno, ai pair, aj "char", ak name, al oid, am line, an box, ao path, ap polygon, aq circle, ar json[], at bytea[], au numeric[],
 ba bpchar, bb tsquery, bc macaddr8, bd pg_lsn, be jsonpath, bf int8range, bg numrange, bh tsrange, bi tstzrange, bj daterange, bk int4multirange, bl nummultirange, bm tstzmultirange,
 bn int8multirange, bo tsmultirange, bp datemultirange, bq lseg, br regclass, bs regtype, bt xid, bu cid, bv tid, bw int2vector, bx oidvector, by txid_snapshot, bz pg_snapshot, ca xid8, cb refcursor,
 cc regproc, cd regprocedure, ce regoper, cf regoperator, cg regconfig, ch regdictionary, ci regnamespace, cj regrole, ck regcollation, cl aclitem,
 cm boolean[], cn uuid[], co timestamptz[], cp interval[], cq mood[], cr pair[], cs date[], ct text[][], cu varchar(3)[], cv yesno[], cw timestamp(0), cx time(3), cy interval day to second, cz bit varying(7)[]);
INSERT INTO t VALUES (1, 'x', -32768, 9223372036854775807, 1.00, 1234567890123456789.0123456789012345678, 1.1, 0.1, '12.34', 'it''s', 'ab',
 '\x00ff27', '2025-10-21 09:14:00.123456', '2025-10-21 09:14:00.123456+05:30', '0044-03-15 BC', '24:00:00', '09:14:00.5+02', '1 year 2 mons -3 days 04:05:06.789', true, 'it''s bad',
 '(1.5,2)', '10.0.0.0/8', '10.0.0.1', '08:00:2b:01:02:03', B'101', B'', 'a:1 b:2', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '<a>1</a>', '{"b":  1.000, "a": 1, "a": 2}', '{"b": 1.000}',
 '{1,NULL,3}', '{"a,b","",NULL,"q\"uote"}', '[1,5)', false, '(1,"x ""y""")', 'c', 'n', 4294967295, '{1,2,3}', '(2,2),(1,1)', '[(1,1),(2,2)]', '((1,1),(2,2),(3,1))', '<(1,1),2>',
 ARRAY['{"a": 1.0}'::json], ARRAY['\x00'::bytea], '{1.10,NaN}',
'pad  ', '''fat'' & ( ''rat'':* | ''cat'':A )', '08:00:2b:01:02:03:04:05', '16/B374D848', '$."a"[*]?(@ > 1)', '[1,5)', '(1.50,2.5]', '["2025-10-21 09:14:00",infinity)', '(,"2025-10-21 09:14:00+00"]', '[2025-10-21,2025-10-22)',
 '{[1,3),[5,8)}', '{(1.10,2]}', '{["2025-10-21 09:14:00+00","2025-10-22 09:14:00+00")}', '{[1,3)}', '{["2025-10-21 09:14:00","2025-10-22 09:14:00")}', '{}',
 '[(1,1),(2,2.5)]', 'pg_catalog.pg_class', 'timestamp with time zone', '4294967295', '7', '(42,7)', '1 2 3', '4 5', '10:20:10,14,15', '10:20:10,14,15', '18446744073709551615', 'a cursor',
 'pg_catalog.now', 'pg_catalog.sin(double precision)', 'pg_catalog.||/', 'pg_catalog.+(integer,integer)', 'simple', 'simple', 'pg_catalog', NULL, 'pg_catalog."C"', NULL,
 '{t,NULL,f}', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', '{"2025-10-21 09:14:00.5+02",-infinity}', '{"1 mon -1 days",00:00:00.000001}', '{good,"it''s bad"}', '{"(1,\"x, y\")","(,)"}', '{2025-10-21,"0044-03-15 BC"}',
 '{{a,b},{"c,d",NULL}}', '{abc,""}', '{t,NULL}', '2025-10-21 09:14:00', '09:14:00.123', '3 days 04:05:06.5', '{101,""}');
INSERT INTO t VALUES (2, NULL, 0, 0, 'NaN', NULL, 'Infinity', '-Infinity', NULL, '', '', '', 'infinity', '-infinity', NULL, NULL, NULL, NULL, NULL, NULL,
 NULL, NULL, '::1/64', NULL, NULL, NULL, NULL, NULL, NULL, 'null', '"\u00e9"', '{}', NULL, 'empty', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
