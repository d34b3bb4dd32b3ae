// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/importing/jsoncell.h"
#include "models/importing/recordreader.h"
#include "models/transfer/jsonscanner.h"
#include "models/transfer/outputbuffer.h"

#include <QHash>

namespace turnstone {

/// JSON: an array of objects, or objects one after the other (JSON Lines). A key that a row lacks is NULL there. Numbers and
/// nested values come as their own text, strings decoded. Refused with their place: what is no JSON, a row that is no
/// object, a key twice in one row, half a surrogate pair, a key that no row before it announced.
class JsonRecordReader final : public RecordReader
{
public:
    JsonRecordReader(std::unique_ptr<InputFile> file, ReadOptions options) : RecordReader(std::move(file), std::move(options)) {}

protected:
    Result<> start() override;
    Outcome readRow(RecordBlock &block) override;

private:
    Outcome betweenRows(const char *&p);
    Outcome readObject(const char *p);
    Outcome readMember(JsonScanner &scanner);
    Outcome readValue(JsonScanner &scanner, JsonCell &cell);
    Outcome problemOf(const JsonScanner &scanner);
    int placeOfKey(QByteArrayView key, const char *at);
    Result<> findNames();

    bool m_isArray = false;
    bool m_hasRows = false;
    bool m_isClosed = false;
    QHash<QByteArray, int> m_places;
    std::vector<QByteArray> m_keys;
    std::vector<JsonCell> m_cells;
    std::size_t m_expected = 0; // where the next key is if rows are alike
    OutputBuffer m_text;
    OutputBuffer m_key;
    const char *m_rowEnd = nullptr;
};

} // namespace turnstone
