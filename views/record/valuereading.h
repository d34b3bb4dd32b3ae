// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"
#include "models/json/jsonindex.h"
#include "views/record/longtext.h"

#include <QImage>
#include <QStringList>

#include <memory>
#include <stop_token>
#include <vector>

namespace turnstone {

/// What a worker found out about a value.
struct ValueReading
{
    QString about;
    QStringList pages; ///< the most telling one first
    LongText text;
    QString firstPart; ///< of the text, as it is shown
    bool isCode = false;
    QString markdown;
    std::shared_ptr<const JsonIndex> json;
    QImage image;
    std::vector<float> vector;
    QByteArray bytes;
};

/// Takes a value apart; `typeName` as declared, `meaning` as the profile has it. For a worker.
ValueReading readValueForm(const Value &value, const QString &typeName, const QString &meaning, const std::stop_token &stop);

/// The bytes that a value stands for: PostgreSQL writes bytea as \x and hex.
QByteArray decodedBytes(const Value &value, const QString &typeName);

} // namespace turnstone
