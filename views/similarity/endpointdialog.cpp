// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/endpointdialog.h"

#include "models/connections/secretstore.h"
#include "models/core/async.h"
#include "views/widgets/theme.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QThreadPool>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

EndpointDialog::EndpointDialog(const PanelServices &services, EmbeddingEndpoint endpoint, std::size_t dimension, QWidget *parent)
    : QDialog(parent), m_services(services), m_dimension(dimension), m_url(new QLineEdit(endpoint.url, this)), m_model(new QLineEdit(endpoint.model, this)),
      m_key(new QLineEdit(endpoint.key, this)), m_outcome(new QLabel(this)), m_try(new QPushButton(tr("Try it"), this))
{
    setObjectName(u"endpointDialog"_s);
    setWindowTitle(tr("Search texts by meaning"));
    m_url->setObjectName(u"endpointUrl"_s);
    m_url->setPlaceholderText(u"http://localhost:8080/v1"_s);
    m_url->setMinimumWidth(360);
    m_model->setObjectName(u"endpointModel"_s);
    m_key->setObjectName(u"endpointKey"_s);
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setPlaceholderText(tr("only if the server wants one"));
    m_outcome->setObjectName(u"endpointOutcome"_s);
    m_outcome->setWordWrap(true);
    m_outcome->setTextFormat(Qt::PlainText);
    m_try->setObjectName(u"tryEndpoint"_s);
    auto *about = new QLabel(tr("A server with OpenAI's embeddings interface makes a vector of the text that you search for: llama.cpp or Ollama on this machine, or any other. "
                                "It is sent that text and the model's name, nothing of the database. The key stays in the keyring."),
                             this);
    about->setWordWrap(true);
    about->setForegroundRole(QPalette::PlaceholderText);
    auto *form = new QFormLayout;
    form->addRow(tr("&Address"), m_url);
    form->addRow(tr("&Model"), m_model);
    form->addRow(tr("&Key"), m_key);
    auto *buttons = new QDialogButtonBox(this);
    QPushButton *use = buttons->addButton(tr("Search by meaning"), QDialogButtonBox::AcceptRole);
    use->setObjectName(u"useEndpoint"_s);
    QPushButton *off = buttons->addButton(tr("Search by words"), QDialogButtonBox::DestructiveRole);
    off->setObjectName(u"turnEndpointOff"_s);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);
    buttons->addButton(m_try, QDialogButtonBox::ActionRole);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(metrics::space3);
    layout->addWidget(about);
    layout->addLayout(form);
    layout->addWidget(m_outcome);
    layout->addWidget(buttons);
    connect(use, &QPushButton::clicked, this, &EndpointDialog::keep);
    connect(off, &QPushButton::clicked, this, &EndpointDialog::turnOff);
    connect(m_try, &QPushButton::clicked, this, &EndpointDialog::tryIt);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

EndpointDialog::~EndpointDialog()
{
    m_stop.request_stop();
}

EmbeddingEndpoint EndpointDialog::stored(const PanelServices &services)
{
    return {services.settings.value(u"embedding/url"_s).toString(), services.settings.value(u"embedding/model"_s).toString(), {}};
}

EmbeddingEndpoint EndpointDialog::entered() const
{
    return {m_url->text().trimmed(), m_model->text().trimmed(), m_key->text()};
}

void EndpointDialog::tryIt()
{
    m_outcome->setText(tr("Asking…"));
    m_try->setEnabled(false);
    const auto job = [endpoint = entered(), stop = m_stop.get_token()] { return embedTexts(endpoint, {u"turnstone"_s}, stop); };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this](const Result<std::vector<std::vector<double>>> &vectors) {
        m_try->setEnabled(true);
        if (!vectors)
            m_outcome->setText(vectors.error().message);
        else if (m_dimension > 0 && vectors->front().size() != m_dimension)
            m_outcome->setText(tr("It answers with %1 dimensions, but the stored vectors have %2: this is another model than theirs.").arg(vectors->front().size()).arg(m_dimension));
        else
            m_outcome->setText(tr("It answers with %1 dimensions.").arg(vectors->front().size()));
    });
}

void EndpointDialog::keep()
{
    const EmbeddingEndpoint endpoint = entered();
    if (const auto url = endpoint.requestUrl(); !url) {
        m_outcome->setText(url.error().message);
        return;
    }
    m_services.settings.setValue(u"embedding/url"_s, endpoint.url);
    m_services.settings.setValue(u"embedding/model"_s, endpoint.model);
    (void)(endpoint.key.isEmpty() ? m_services.secrets.forget(endpoint.secretName()) : m_services.secrets.keep(endpoint.secretName(), endpoint.key));
    emit chosen(endpoint);
    accept();
}

void EndpointDialog::turnOff()
{
    m_services.settings.remove(u"embedding/url"_s);
    emit chosen({});
    accept();
}

} // namespace turnstone
