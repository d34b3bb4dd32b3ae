// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorfile.h"

#include "models/similarity/vectordecoder.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using namespace similarity;

constexpr qint64 largestFile = 16 * 1024 * 1024;

struct FileText
{
    Q_DECLARE_TR_FUNCTIONS(VectorFile)
};

std::vector<double> fromAnswer(const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    QJsonArray numbers = object.value(u"embedding"_s).toArray();
    if (numbers.isEmpty())
        numbers = object.value(u"data"_s).toArray().at(0).toObject().value(u"embedding"_s).toArray();
    std::vector<double> vector;
    for (const QJsonValue &number : numbers)
        vector.push_back(number.toDouble());
    return vector;
}

bool looksLikeText(const QByteArray &bytes)
{
    static const QByteArray allowed("0123456789+-.eE,;[]{}:/ \t\r\n");
    for (const char c : bytes.left(4096)) {
        if (!allowed.contains(c))
            return false;
    }
    return true;
}

} // namespace

Result<std::vector<double>> vectorFromBytes(const QByteArray &bytes)
{
    const QByteArray text = bytes.trimmed();
    VectorDecoder decoder(VectorForm::Text);
    if (decoder.decode({text.constData(), static_cast<std::size_t>(text.size())}) == DecodeStatus::Ok)
        return std::vector<double>(decoder.doubles().begin(), decoder.doubles().end());
    if (std::vector<double> vector = fromAnswer(text); !vector.empty())
        return vector;
    if (looksLikeText(text)) {
        static const QRegularExpression gap(u"[\\s,;]+"_s);
        std::vector<double> vector;
        bool isGood = true;
        for (const QString &word : QString::fromLatin1(text).split(gap, Qt::SkipEmptyParts)) {
            vector.push_back(word.toDouble(&isGood));
            if (!isGood)
                break;
        }
        if (isGood && vector.size() > 1)
            return vector;
        return failure(ErrorCode::InvalidInput, FileText::tr("this is no vector: numbers in brackets are wanted, [0.1, 0.2, …]"));
    }
    qsizetype start = 0;
    if (bytes.startsWith("\x93NUMPY") && bytes.size() > 10)
        start = 10 + (static_cast<unsigned char>(bytes[8]) | (static_cast<unsigned char>(bytes[9]) << 8));
    VectorDecoder raw(VectorForm::Float32Blob);
    if (start <= bytes.size() && raw.decode({bytes.constData() + start, static_cast<std::size_t>(bytes.size() - start)}) == DecodeStatus::Ok)
        return std::vector<double>(raw.doubles().begin(), raw.doubles().end());
    return failure(ErrorCode::InvalidInput, FileText::tr("this is no vector: neither numbers in brackets nor float32"));
}

Result<std::vector<double>> readVectorFile(const QString &path)
{
    QFile file(path);
    const bool isOpen = path == u"-" ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen)
        return failure(ErrorCode::Io, FileText::tr("the file %1 cannot be read: %2").arg(path, file.errorString()));
    const QByteArray bytes = file.read(largestFile);
    auto vector = vectorFromBytes(bytes);
    if (!vector)
        return failure(vector.error().code, u"%1: %2"_s.arg(path, vector.error().message));
    return vector;
}

} // namespace turnstone
