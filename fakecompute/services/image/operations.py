"""All operations of Glance v2.  Facts: its route table, which has no microversions."""

from __future__ import annotations

from fakecompute.services.coverage import operations

OPERATIONS = operations(
    """
    method path                                              success policy
    GET    /images                                           200     get_images
    POST   /images                                           201     add_image
    GET    /images/<id>                                      200     get_image
    PATCH  /images/<id>                                      200     modify_image
    DELETE /images/<id>                                      204     delete_image
    GET    /images/<id>/file                                 200     download_image
    PUT    /images/<id>/file                                 204     upload_image
    PUT    /images/<id>/stage                                204     modify_image
    POST   /images/<id>/import                               202     modify_image
    POST   /images/<id>/actions/deactivate                   204     deactivate
    POST   /images/<id>/actions/reactivate                   204     reactivate
    PUT    /images/<id>/tags/<item>                          204     modify_image
    DELETE /images/<id>/tags/<item>                          204     modify_image
    GET    /images/<id>/members                              200     get_members
    POST   /images/<id>/members                              200     add_member
    GET    /images/<id>/members/<item>                       200     get_member
    PUT    /images/<id>/members/<item>                       200     modify_member
    DELETE /images/<id>/members/<item>                       204     delete_member
    GET    /images/<id>/locations                            200     fetch_image_location
    POST   /images/<id>/locations                            202     add_image_location
    GET    /images/<id>/tasks                                200     get_image
    DELETE /stores/<id>/<item>                               204     delete_image_location
    GET    /tasks                                            200     tasks_api_access
    POST   /tasks                                            201     tasks_api_access
    GET    /tasks/<id>                                       200     tasks_api_access
    DELETE /tasks/<id>                                       204     tasks_api_access
    GET    /info/import                                      200     -
    GET    /info/stores                                      200     -
    GET    /info/stores/detail                               200     stores_info_detail
    GET    /info/usage                                       200     -
    GET    /cache                                            200     cache_list
    DELETE /cache                                            204     cache_delete
    PUT    /cache/<id>                                       202     cache_image
    DELETE /cache/<id>                                       204     cache_delete
    GET    /schemas/<id>                                     200     -
    GET    /schemas/metadefs/<id>                            200     -
    GET    /metadefs/resource_types                          200     list_metadef_resource_types
    GET    /metadefs/namespaces                              200     get_metadef_namespaces
    POST   /metadefs/namespaces                              201     add_metadef_namespace
    GET    /metadefs/namespaces/<id>                         200     get_metadef_namespace
    PUT    /metadefs/namespaces/<id>                         200     modify_metadef_namespace
    DELETE /metadefs/namespaces/<id>                         204     delete_metadef_namespace
    GET    /metadefs/namespaces/<id>/resource_types          200     get_metadef_resource_type
    POST   /metadefs/namespaces/<id>/resource_types          201     add_metadef_resource_type_association
    DELETE /metadefs/namespaces/<id>/resource_types/<item>   204     remove_metadef_resource_type_association
    GET    /metadefs/namespaces/<id>/objects                 200     get_metadef_objects
    POST   /metadefs/namespaces/<id>/objects                 201     add_metadef_object
    DELETE /metadefs/namespaces/<id>/objects                 204     delete_metadef_namespace
    GET    /metadefs/namespaces/<id>/objects/<item>          200     get_metadef_object
    PUT    /metadefs/namespaces/<id>/objects/<item>          200     modify_metadef_object
    DELETE /metadefs/namespaces/<id>/objects/<item>          204     delete_metadef_object
    GET    /metadefs/namespaces/<id>/properties              200     get_metadef_properties
    POST   /metadefs/namespaces/<id>/properties              201     add_metadef_property
    DELETE /metadefs/namespaces/<id>/properties              204     delete_metadef_namespace
    GET    /metadefs/namespaces/<id>/properties/<item>       200     get_metadef_property
    PUT    /metadefs/namespaces/<id>/properties/<item>       200     modify_metadef_property
    DELETE /metadefs/namespaces/<id>/properties/<item>       204     remove_metadef_property
    GET    /metadefs/namespaces/<id>/tags                    200     get_metadef_tags
    POST   /metadefs/namespaces/<id>/tags                    201     add_metadef_tags
    DELETE /metadefs/namespaces/<id>/tags                    204     delete_metadef_tags
    GET    /metadefs/namespaces/<id>/tags/<item>             200     get_metadef_tag
    POST   /metadefs/namespaces/<id>/tags/<item>             201     add_metadef_tag
    PUT    /metadefs/namespaces/<id>/tags/<item>             200     modify_metadef_tag
    DELETE /metadefs/namespaces/<id>/tags/<item>             204     delete_metadef_tag
    """
)
