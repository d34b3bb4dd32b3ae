// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/postgrestypes.h"

#include "models/core/jsonwriter.h"

#include <unordered_map>

namespace turnstone {

namespace {

/// Object ids of pg_type.dat, which never change between versions.
const std::unordered_map<unsigned, const char *> &builtInTypes()
{
    static const std::unordered_map<unsigned, const char *> types{
        {16, "boolean"}, {17, "bytea"}, {18, "\"char\""}, {19, "name"}, {20, "bigint"}, {21, "smallint"},
        {22, "int2vector"}, {23, "integer"}, {24, "regproc"}, {25, "text"}, {26, "oid"}, {27, "tid"}, {28, "xid"}, {29, "cid"},
        {30, "oidvector"}, {114, "json"}, {142, "xml"}, {194, "pg_node_tree"}, {600, "point"}, {601, "lseg"}, {602, "path"},
        {603, "box"}, {604, "polygon"}, {628, "line"}, {650, "cidr"}, {700, "real"}, {701, "double precision"}, {705, "unknown"},
        {718, "circle"}, {774, "macaddr8"}, {790, "money"}, {829, "macaddr"}, {869, "inet"}, {1033, "aclitem"},
        {1042, "character"}, {1043, "character varying"}, {1082, "date"}, {1083, "time without time zone"},
        {1114, "timestamp without time zone"}, {1184, "timestamp with time zone"}, {1186, "interval"},
        {1266, "time with time zone"}, {1560, "bit"}, {1562, "bit varying"}, {1700, "numeric"}, {2202, "regprocedure"},
        {2205, "regclass"}, {2206, "regtype"}, {2249, "record"}, {2278, "void"}, {2950, "uuid"}, {3220, "pg_lsn"},
        {3614, "tsvector"}, {3615, "tsquery"}, {3802, "jsonb"}, {3904, "int4range"}, {3906, "numrange"}, {3908, "tsrange"},
        {3910, "tstzrange"}, {3912, "daterange"}, {3926, "int8range"}, {4072, "jsonpath"}, {4089, "regnamespace"},
        {4096, "regrole"}, {5069, "xid8"},
        {1000, "boolean[]"}, {1001, "bytea[]"}, {1002, "\"char\"[]"}, {1003, "name[]"}, {1005, "smallint[]"}, {1007, "integer[]"},
        {1009, "text[]"}, {1014, "character[]"}, {1015, "character varying[]"}, {1016, "bigint[]"}, {1021, "real[]"},
        {1022, "double precision[]"}, {1028, "oid[]"}, {1041, "inet[]"}, {1115, "timestamp without time zone[]"},
        {1182, "date[]"}, {1183, "time without time zone[]"}, {1185, "timestamp with time zone[]"}, {1187, "interval[]"},
        {1231, "numeric[]"}, {199, "json[]"}, {2951, "uuid[]"}, {3807, "jsonb[]"}};
    return types;
}

/// Puts "(n)" where format_type() puts it: "timestamp(3) without time zone", "numeric(12,3)[]".
QString withModifier(const QString &name, const QString &modifier)
{
    for (const QLatin1String suffix : {QLatin1String(" without time zone"), QLatin1String(" with time zone"), QLatin1String("[]")}) {
        if (const qsizetype at = name.indexOf(suffix); at >= 0)
            return name.left(at) + modifier + name.mid(at);
    }
    return name + modifier;
}

} // namespace

QString postgresTypeName(unsigned oid, int modifier, const QString &otherName)
{
    const auto found = builtInTypes().find(oid);
    if (found == builtInTypes().end()) {
        if (otherName.isEmpty())
            return QStringLiteral("oid %1").arg(oid);
        return modifier > 0 ? withModifier(otherName, QStringLiteral("(%1)").arg(modifier)) : otherName;
    }
    const QString name = QLatin1String(found->second);
    if (modifier < 0)
        return name;
    switch (oid) {
    case 1042: case 1014: case 1043: case 1015: // character types: length + 4
        return withModifier(name, QStringLiteral("(%1)").arg(modifier - 4));
    case 1700: case 1231: { // numeric: precision in the high half, scale in the low 11 bits, signed
        const int scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
        return withModifier(name, QStringLiteral("(%1,%2)").arg((modifier - 4) >> 16).arg(scale));
    }
    case 1560: case 1562:
    case 1083: case 1114: case 1184: case 1266: case 1115: case 1183: case 1185:
        return withModifier(name, QStringLiteral("(%1)").arg(modifier));
    default: return name;
    }
}

QByteArray postgresReal(double value)
{
    return JsonWriter::realToken(value);
}

} // namespace turnstone
