// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/valuereading.h"

#include "models/items/celltext.h"
#include "models/json/jsonlayout.h"
#include "views/record/vectorview.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImageReader>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

// Longer JSON is shown as it is stored: laid out it would be a text of many more bytes.
constexpr qsizetype laidOutBytes = 1'000'000;
// Markdown is laid out in one go in the GUI thread.
constexpr qsizetype markdownBytes = 12'000;
constexpr int imageMegabytes = 128;
constexpr int imageSide = 8'000;

QImage imageOf(QByteArray bytes)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader(&buffer);
    static const QList<QByteArray> formats = {"png", "jpeg", "gif", "bmp", "webp", "ppm", "ico"}; // none that can refer to something else
    if (!formats.contains(reader.format()))
        return {};
    QImageReader::setAllocationLimit(imageMegabytes);
    const QSize size = reader.size();
    if (size.width() > imageSide || size.height() > imageSide)
        return {};
    return reader.read();
}

QString words(const char *text)
{
    return QCoreApplication::translate("ValueView", text);
}

void readBytes(ValueReading &reading, const Value &value, const QString &typeName, const QString &meaning)
{
    reading.bytes = decodedBytes(value, typeName);
    reading.image = imageOf(reading.bytes);
    if (!reading.image.isNull()) {
        reading.pages.append(u"image"_s);
        reading.about = words("Image, %1 × %2").arg(reading.image.width()).arg(reading.image.height()) + u" · "_s + sizeText(reading.bytes.size());
    } else if (auto vector = vectorOf(reading.bytes, true); vector && meaning == u"vector") {
        reading.vector = std::move(*vector);
        reading.pages.append(u"vector"_s);
    }
    reading.pages.append(u"hex"_s);
}

} // namespace

QByteArray decodedBytes(const Value &value, const QString &typeName)
{
    return typeName == u"bytea" && value.bytes().startsWith("\\x") ? QByteArray::fromHex(value.bytes().mid(2)) : value.bytes();
}

ValueReading readValueForm(const Value &value, const QString &typeName, const QString &meaning, const std::stop_token &stop)
{
    ValueReading reading;
    if (stop.stop_requested())
        return reading; // somebody walked on
    const CellText cell = CellText::of(value.ref(), typeName);
    switch (cell.kind) {
    case CellKind::Null: reading.about = words("NULL: no value"); return reading;
    case CellKind::Empty: reading.about = words("Empty text"); return reading;
    case CellKind::Bytes:
    case CellKind::Undecodable:
        reading.about = cell.kind == CellKind::Bytes ? words("%1 of bytes").arg(sizeText(storedBytes(value.bytes().size(), typeName)))
                                                     : words("%1 that are no UTF-8 text").arg(sizeText(value.bytes().size()));
        readBytes(reading, value, typeName, meaning);
        return reading;
    case CellKind::Number:
    case CellKind::Boolean:
        reading.text = LongText(value.toDisplayText().toUtf8());
        reading.firstPart = reading.text.part(0);
        reading.pages.append(u"text"_s);
        return reading;
    case CellKind::Text:
    case CellKind::Code: break;
    }
    const QByteArray &bytes = value.bytes();
    const QString size = bytes.size() >= 200 ? u" · "_s + sizeText(bytes.size()) : QString();
    reading.about = size.isEmpty() ? QString() : words("Text") + size;
    if (meaning == u"vector" || typeName.startsWith(u"vector") || typeName.startsWith(u"halfvec")) {
        if (auto vector = vectorOf(bytes, false)) {
            reading.vector = std::move(*vector);
            reading.pages.append(u"vector"_s);
        }
    }
    const QByteArray start = bytes.left(64).trimmed();
    const bool looksLikeJson = start.startsWith('{') || start.startsWith('[') || (typeName.startsWith(u"json") && !start.isEmpty());
    if (looksLikeJson) {
        Result<JsonIndex> json = JsonIndex::build(bytes, stop);
        if (json) {
            reading.json = std::make_shared<JsonIndex>(std::move(*json));
            reading.pages.append(u"json"_s);
            reading.about = u"JSON"_s + size;
        } else if (json.error().code != ErrorCode::Cancelled && (meaning == u"json" || typeName.startsWith(u"json") || start.startsWith("{\""))) {
            reading.about = json.error().message + size;
        }
    }
    if (meaning == u"markdown") {
        const bool isWhole = bytes.size() <= markdownBytes;
        reading.markdown = decodedText(bytes.left(markdownBytes), isWhole);
        if (!isWhole) {
            reading.markdown.truncate(std::max<qsizetype>(reading.markdown.lastIndexOf(u'\n'), 0));
            reading.markdown += u"\n\n"_s + words("*The rest stands under Text.*");
            reading.pages.append(u"text"_s);
        }
        reading.pages.append(u"markdown"_s);
        reading.about = words("Markdown") + size;
    }
    const QByteArray laidOut = reading.json == nullptr || bytes.size() > laidOutBytes ? QByteArray() : laidOutJson(bytes);
    reading.isCode = reading.json != nullptr || cell.kind == CellKind::Code || meaning.startsWith(u"code");
    reading.text = LongText(laidOut.isNull() ? bytes : laidOut);
    reading.firstPart = reading.text.part(0);
    if (!reading.pages.contains(u"text"_s))
        reading.pages.append(u"text"_s);
    reading.bytes = bytes;
    reading.pages.append(u"hex"_s);
    return reading;
}

} // namespace turnstone
