// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/fillstrip.h"

#include "models/browsing/databasecontext.h"
#include "models/core/async.h"
#include "views/panels/tasks.h"
#include "views/panels/writeguard.h"
#include "views/similarity/sessionkeeper.h"
#include "views/widgets/theme.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Texts that are sent at once, and what a stop can lose at most.
constexpr int batchSize = 32;

} // namespace

FillStrip::FillStrip(const PanelServices &services, const DatabaseContext &context, QWidget *parent)
    : QWidget(parent), m_services(services), m_context(context), m_text(new QLabel(this)), m_fill(new QPushButton(tr("Fill in…"), this))
{
    setObjectName(u"fillStrip"_s);
    m_text->setObjectName(u"missingEmbeddings"_s);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_text->setWordWrap(true);
    m_fill->setObjectName(u"fillEmbeddings"_s);
    m_fill->setAccessibleName(tr("Fill in missing embeddings"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_fill);
    connect(m_fill, &QPushButton::clicked, this, &FillStrip::ask);
    hide();
}

FillStrip::~FillStrip()
{
    m_stop.request_stop();
    if (m_task >= 0)
        m_services.tasks.end(m_task);
}

void FillStrip::setColumn(const VectorColumn &column)
{
    if (column.name() == m_column.name() || m_task >= 0)
        return;
    m_column = column;
    count();
}

void FillStrip::count()
{
    const auto job = [catalog = m_context.catalog, profile = m_context.profile, column = m_column](Connection &connection) {
        return countMissingEmbeddings(connection, *catalog, *profile, column);
    };
    onResult(m_context.pool->read(job, m_stop.get_token()), this, [this](const Result<MissingEmbeddings> &missing) {
        m_missing = missing.value_or(MissingEmbeddings{}); // a column that cannot be counted has nothing to offer
        setVisible(m_missing.total() > 0);
        m_text->setText(tr("%1 texts have no embedding and are not found by meaning.").arg(QLocale().toString(m_missing.total())));
    });
}

bool FillStrip::isRefused()
{
    const QString no = writeRefusal(m_context);
    if (!no.isEmpty())
        emit failed({ErrorCode::ReadOnly, no, {}, -1});
    return !no.isEmpty();
}

void FillStrip::ask()
{
    if (isRefused())
        return;
    if (m_endpoint.isEmpty())
        return emit endpointWanted();
    auto *box = new QMessageBox(this);
    box->setObjectName(u"fillDialog"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Fill in embeddings"));
    box->setText(tr("%1 texts of this database are sent to %2, and the vectors that come back are written into %3.").arg(QLocale().toString(m_missing.total()), m_endpoint.url, m_column.name()));
    box->setInformativeText(tr("Model: %1. Every %2 texts are saved; it can be stopped and taken up again.").arg(m_endpoint.model.isEmpty() ? tr("the server's own") : m_endpoint.model).arg(batchSize));
    QPushButton *fill = box->addButton(tr("Fill in"), QMessageBox::AcceptRole);
    box->addButton(tr("Cancel"), QMessageBox::RejectRole);
    connect(fill, &QPushButton::clicked, this, [this] {
        if (isRefused())
            return;
        m_stop = std::stop_source();
        m_written = 0;
        m_fill->setEnabled(false);
        m_task = m_services.tasks.begin(tr("Filling in embeddings"), [stop = m_stop]() mutable { stop.request_stop(); });
        showWritten();
        fillNext();
    });
    box->open();
}

/// One batch a job, each a transaction. On a connection of its own, because an endpoint may take its time.
void FillStrip::fillNext()
{
    if (isRefused()) // as of now; what is written stays
        return end();
    const auto job = [catalog = m_context.catalog, profile = m_context.profile, column = m_column, endpoint = m_endpoint, stop = m_stop.get_token()](Connection &connection) {
        return fillEmbeddings(connection, *catalog, *profile, column, endpoint, batchSize, QDateTime::currentDateTimeUtc(), stop);
    };
    onResult(runOnSessionOfItsOwn(m_context.pool->url(), job, m_stop.get_token()), this, [this](const Result<FilledBatch> &batch) {
        if (!batch) {
            if (batch.error().code != ErrorCode::Cancelled)
                emit failed(batch.error());
            return end();
        }
        m_written += batch->written;
        m_services.tasks.setProgress(m_task, m_written, m_missing.total());
        showWritten();
        // A batch that wrote nothing and skipped everything would come again for ever.
        if (batch->isLast || batch->written == 0 || m_stop.stop_requested())
            return end();
        fillNext();
    });
}

void FillStrip::showWritten()
{
    m_text->setText(tr("%1 of %2 texts embedded").arg(QLocale().toString(m_written), QLocale().toString(m_missing.total())));
}

void FillStrip::end()
{
    if (m_written > 0)
        emit noted(tr("%1 texts were embedded. The next search finds them.").arg(QLocale().toString(m_written)));
    m_services.tasks.end(std::exchange(m_task, -1));
    m_stop = std::stop_source();
    m_fill->setEnabled(true);
    count();
}

} // namespace turnstone
