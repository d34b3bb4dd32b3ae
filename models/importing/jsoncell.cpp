// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/jsoncell.h"

#include "models/transfer/reals.h"

#include <QByteArray>

#include <cmath>

namespace turnstone {

namespace {

bool isHexLiteral(QByteArrayView text)
{
    return text.size() >= 3 && text[0] == 'x' && text[1] == '\'' && text.back() == '\'' && text.size() % 2 == 1;
}

void addText(RowBlock &rows, QByteArrayView text)
{
    rows.addBytes(ValueType::Text, text.data(), text.size());
}

} // namespace

void addTextCell(RowBlock &rows, QByteArrayView text, CellKind kind, bool isQuoted)
{
    std::int64_t integer = 0;
    double real = 0;
    const bool keepsTexts = kind == CellKind::Any || kind == CellKind::Blob;
    const bool wantsInteger = kind == CellKind::Integer || kind == CellKind::Number || (keepsTexts && !isQuoted);
    const bool wantsReal = kind == CellKind::Real || kind == CellKind::Number || (keepsTexts && !isQuoted);
    if (wantsInteger && integerFromText(text, integer))
        return rows.addInteger(integer);
    if (wantsReal && realFromText(text, real) && !(isQuoted && std::isinf(real)))
        return rows.addReal(real);
    if (!isQuoted && kind != CellKind::Bytea && text.size() > 2 && text.front() == 'x' && isHexLiteral(text)) {
        const QByteArray bytes = QByteArray::fromHex(text.sliced(2, text.size() - 3).toByteArray());
        return rows.addBytes(ValueType::Blob, bytes.constData(), bytes.size());
    }
    addText(rows, text);
}

bool JsonCell::read(JsonScanner &scanner, OutputBuffer &text)
{
    scanner.skipSpace();
    const char *const first = scanner.at();
    start = text.size();
    if (scanner.peek() == '"') {
        form = Form::String;
        if (!scanner.readString(text))
            return false;
        size = text.size() - start;
        return true;
    }
    if (!scanner.skipValue())
        return false;
    switch (*first) {
    case 'n': form = Form::Null; break;
    case 't': form = Form::True; break;
    case 'f': form = Form::False; break;
    case '{':
    case '[': form = Form::Nested; break;
    default: form = Form::Number;
    }
    text.append(first, scanner.at() - first);
    size = text.size() - start;
    return true;
}

void JsonCell::addTo(RowBlock &rows, QByteArrayView text, CellKind kind, bool keepsBooleanWords) const
{
    switch (form) {
    case Form::Absent:
    case Form::Null: rows.addNull(); return;
    case Form::True:
    case Form::False:
        if (keepsBooleanWords || kind == CellKind::Text)
            addText(rows, text);
        else
            rows.addInteger(form == Form::True ? 1 : 0);
        return;
    case Form::Number: addTextCell(rows, text, kind == CellKind::Bytea ? CellKind::Text : kind, false); return;
    case Form::Nested: addText(rows, text); return;
    case Form::String: break;
    }
    if (kind == CellKind::Blob || kind == CellKind::Bytea) {
        const auto decoded = QByteArray::fromBase64Encoding(QByteArray::fromRawData(text.data(), text.size()), QByteArray::AbortOnBase64DecodingErrors);
        if (decoded && kind == CellKind::Bytea)
            return addText(rows, "\\x" + decoded.decoded.toHex());
        if (decoded)
            return rows.addBytes(ValueType::Blob, decoded.decoded.constData(), decoded.decoded.size());
    }
    if (kind == CellKind::Real && (text == "Infinity" || text == "-Infinity"))
        return addTextCell(rows, text, kind, false);
    addText(rows, text);
}

} // namespace turnstone
