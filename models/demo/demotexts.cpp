// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demotexts.h"

#include <QCoreApplication>
#include <QFile>

namespace turnstone {

namespace {

const QByteArray noText;
const std::vector<QByteArray> noLines;
const std::vector<DemoTextRecord> noRecords;

} // namespace

const QByteArray &DemoTextRecord::value(const char *key) const
{
    const auto found = m_values.find(QByteArray::fromRawData(key, static_cast<qsizetype>(qstrlen(key))));
    return found == m_values.end() ? noText : found->second.front();
}

const std::vector<QByteArray> &DemoTextRecord::values(const char *key) const
{
    const auto found = m_values.find(QByteArray::fromRawData(key, static_cast<qsizetype>(qstrlen(key))));
    return found == m_values.end() ? noLines : found->second;
}

Result<DemoTexts> DemoTexts::load(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::NotFound,
                       QCoreApplication::translate("DemoTexts", "The demo text \"%1\" cannot be read.").arg(path),
                       file.errorString());
    return parse(file.readAll(), path);
}

Result<DemoTexts> DemoTexts::parse(const QByteArray &content, const QString &name)
{
    DemoTexts texts;
    std::vector<QByteArray> *list = nullptr;
    std::vector<DemoTextRecord> *records = nullptr;
    QByteArray *last = nullptr;
    int number = 0;
    for (const QByteArray &line : content.split('\n')) {
        ++number;
        const auto wrong = [&](const QString &reason) {
            return failure(ErrorCode::Syntax,
                           QCoreApplication::translate("DemoTexts", "%1, line %2: %3").arg(name).arg(number).arg(reason));
        };
        if (line.startsWith("== ")) {
            list = &texts.m_lists[line.mid(3).trimmed()];
            records = nullptr;
            last = nullptr;
        } else if (line.startsWith("@@ ")) {
            records = &texts.m_records[line.mid(3).trimmed()];
            records->emplace_back();
            list = nullptr;
            last = nullptr;
        } else if (line.startsWith('|')) {
            if (!last)
                return wrong(QCoreApplication::translate("DemoTexts", "there is nothing to continue."));
            last->append('\n').append(line.mid(line.startsWith("| ") ? 2 : 1));
        } else if (line.startsWith('#') || line.trimmed().isEmpty()) {
            continue;
        } else if (list) {
            last = &list->emplace_back(line);
        } else if (records) {
            const qsizetype colon = line.indexOf(':');
            if (colon < 1)
                return wrong(QCoreApplication::translate("DemoTexts", "\"key: value\" is missing."));
            last = &records->back().m_values[line.left(colon)].emplace_back(line.mid(colon + 1).trimmed());
        } else {
            return wrong(QCoreApplication::translate("DemoTexts", "text before the first \"==\" or \"@@\"."));
        }
    }
    return texts;
}

const std::vector<QByteArray> &DemoTexts::lines(const char *name) const
{
    const auto found = m_lists.find(QByteArray(name));
    return found == m_lists.end() ? noLines : found->second;
}

const std::vector<DemoTextRecord> &DemoTexts::records(const char *kind) const
{
    const auto found = m_records.find(QByteArray(kind));
    return found == m_records.end() ? noRecords : found->second;
}

void DemoTexts::appendFilled(QByteArray &out, QByteArrayView line, Slots slotValues)
{
    qsizetype done = 0;
    while (done < line.size()) {
        const qsizetype open = line.indexOf('{', done);
        const qsizetype close = open < 0 ? -1 : line.indexOf('}', open);
        if (close < 0)
            break;
        const QByteArrayView name = line.sliced(open + 1, close - open - 1);
        out.append(line.sliced(done, open - done));
        done = close + 1;
        bool known = false;
        for (const auto &[slot, value] : slotValues) {
            if (slot == name) {
                out.append(value);
                known = true;
                break;
            }
        }
        if (!known)
            out.append(line.sliced(open, close + 1 - open));
    }
    out.append(line.sliced(done));
}

QByteArray DemoTexts::filled(QByteArrayView line, Slots slotValues)
{
    QByteArray out;
    appendFilled(out, line, slotValues);
    return out;
}

} // namespace turnstone
